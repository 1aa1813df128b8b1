import type { RunReport, SampleTriple } from '@trprompt/proto/coordinator/v1/coordinator';
import { html, type Markup } from '../escape.js';
import { clip } from '../format.js';
import { missing, type Section } from './section.js';

const longest = 1200;

/** Rollout triples (question, reward, prompt) with the answers they led to, right and wrong. */
export function samplesSection(report: RunReport): Section {
  const iterations = [...new Set(report.samples.map((sample) => sample.iteration))].sort((a, b) => a - b);
  const body =
    iterations.length === 0
      ? missing('No rollout has been recorded yet.')
      : html`<p class="meta">
            A choice for the eye, with right and wrong ones shown on purpose: not a fair sample of how often
            each happens.
          </p>
          ${iterations.map(
            (iteration) =>
              html`<h3>Iteration ${iteration}</h3>
                ${report.samples
                  .filter((sample) => sample.iteration === iteration)
                  .sort((a, b) => Number(b.correct) - Number(a.correct))
                  .map(triple)}`,
          )}`;
  return { id: 'samples', title: 'Sample rollouts', body };
}

function triple(sample: SampleTriple): Markup {
  return html`<div class="sample">
    <span class="badge ${sample.correct ? 'right' : 'wrong'}">${sample.correct ? 'right' : 'wrong'}</span
    ><span class="badge"
      >${sample.source === 'pool' ? 'prompt from the expert pool' : 'prompt by the model'}</span
    >
    <dl>
      ${term('Question', sample.question)}${term('Prompt', sample.prompt, 'prompt')}${term('Answer', sample.answer)}${term('Reward', sample.reward)}
    </dl>
  </div>`;
}

function term(name: string, text: string, style = ''): Markup {
  return html`<dt class="term">${name}</dt>
    <dd class="${style}">${text === '' ? '(empty)' : clip(text, longest)}</dd>`;
}
