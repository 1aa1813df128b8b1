import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { count, duration, shortDigest } from '../format.js';
import { trainingPlot } from '../plots/training.js';
import { figure, missing, type Section } from './section.js';

/** Fine-tuning of the prompt model, one row an iteration. */
export function trainingSection(report: RunReport): Section {
  const trainings = report.trainings;
  const body =
    trainings.length === 0
      ? missing('No fine-tuning has been made: it is switched off in the configuration or has not begun.')
      : html`${
            trainings.some((training) => training.losses.some((value) => Number.isFinite(value)))
              ? figure(
                  trainingPlot(trainings),
                  'Cross-entropy on the tokens of the prompt only, given question and reward, at each optimiser step.',
                )
              : missing('No optimiser step has been recorded yet.')
          }
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Iteration</th>
                  <th class="n">Triples (left out)</th>
                  <th class="n">Steps</th>
                  <th class="n">Loss</th>
                  <th class="n">Tokens</th>
                  <th class="n">Time</th>
                  <th>Precision</th>
                  <th>Adapter</th>
                </tr>
              </thead>
              <tbody>
                ${trainings.map(
                  (training) =>
                    html`<tr>
                      <th scope="row">${training.iteration}</th>
                      <td class="n">${count(training.examples)} (${count(training.skipped)})</td>
                      <td class="n">${count(training.losses.length)}</td>
                      <td class="n">
                        ${training.losses.length > 0 ? `${loss(training.losses[0])} → ${loss(training.losses.at(-1))}` : ''}
                      </td>
                      <td class="n">${count(training.tokens)}</td>
                      <td class="n">${duration(training.seconds)}</td>
                      <td>${training.precision}</td>
                      <td><code>${training.adapter ? shortDigest(training.adapter.digest) : ''}</code></td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`;
  return { id: 'training', title: 'Fine-tuning of the prompt model', body };
}

function loss(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}
