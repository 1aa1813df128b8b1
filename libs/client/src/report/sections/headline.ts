import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { html, type Markup } from '../escape.js';
import { methodResults, share, stateSentence, verdicts } from '../findings.js';
import { count, duration, percent, shortDigest, time } from '../format.js';
import { missing } from './section.js';

/** Title, when, what came out, and the best checkpoint. */
export function headline(report: RunReport): Markup {
  const { run } = report;
  const results = methodResults(report);
  const found = verdicts(results);
  const times = [
    run?.createdTime ? `started ${time(run.createdTime)}` : '',
    run?.endedTime ? `ended ${time(run.endedTime)}` : '',
    totals(report),
  ].filter((part) => part !== '');
  return html`<h1>TRPrompt run ${run?.runId || '(unnamed)'}</h1>
    <p class="meta">${times.join(' · ')}</p>
    <p>${stateSentence(run)}</p>
    ${found.map(({ kind, sentence }) => html`<p class="verdict ${kind}">${sentence}</p>`)}
    ${results.length === 0 && missing('The test split has not been scored, so nothing can be said yet about whether TRPrompt helps.')}
    ${results.length > 0 && found.length === 0 && missing('No baseline was evaluated on the test split, so there is nothing to compare TRPrompt with.')}
    ${checkpoint(report)}`;
}

function totals({ costs }: RunReport): string {
  if (costs.length === 0) return '';
  const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0);
  const calls = costs.reduce((sum, cost) => sum + (cost.usage?.calls ?? 0), 0);
  return `${duration(seconds)} of work, ${count(calls)} model calls`;
}

function checkpoint({ run, rewards }: RunReport): Markup {
  const best = run?.best;
  if (!best) {
    return missing(
      run?.state === RunState.RUN_STATE_SUCCEEDED
        ? 'No checkpoint was selected.'
        : 'No checkpoint has been selected yet.',
    );
  }
  const where =
    best.iteration > 0
      ? `iteration ${best.iteration}, after ${best.step === 'train' ? 'training' : best.step}`
      : 'the untrained start';
  return html`<p>
      Best checkpoint on validation: <strong>${where}</strong>, ${best.correct} of ${best.total} right
      (${percent(share(best.correct, best.total))}),
      ${
        best.adapter
          ? html`adapter <code>${shortDigest(best.adapter.digest)}</code>`
          : 'base model without adapter'
      }.
      Its reward text t*:
    </p>
    <blockquote>${best.reward || rewards.at(-1)?.reward || '(empty)'}</blockquote>`;
}
