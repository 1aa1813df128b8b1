import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { furtherVerdicts, loopAccuracies, rightWords, share, stepLabel } from '../findings.js';
import { capital, percent, percentInterval } from '../format.js';
import { accuracyPlot, splitColors } from '../plots/accuracy.js';
import { figure, legend, missing, type Section } from './section.js';

/** Accuracy per iteration and per step. */
export function accuracySection(report: RunReport): Section {
  const measured = loopAccuracies(report);
  const { right, accuracy } = rightWords(report);
  const further = measured.some((entry) => furtherVerdicts(entry) !== '');
  const splits = [...new Set(measured.map((entry) => entry.split))];
  const body =
    measured.length === 0
      ? missing('No accuracy has been measured inside the loop yet.')
      : html`${figure(
            accuracyPlot(measured),
            'Share of questions answered right at each step, with 95 % Wilson intervals. Rollout questions come from the training split (rebalanced ones are chosen to be difficult, and prompts may partly come from the expert pool), so only validation points compare with each other.',
            legend(
              splits.map((split) => ({
                color: splitColors[split] ?? 'var(--series-3)',
                label: `${split} split`,
              })),
            ),
          )}
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Iteration and step</th>
                  <th>Split</th>
                  <th class="n">${capital(right)}</th>
                  <th class="n">${capital(accuracy)}</th>
                  <th class="n">95 % interval</th>
                  ${further && html`<th>Further verdicts</th>`}
                </tr>
              </thead>
              <tbody>
                ${measured.map(
                  (entry) =>
                    html`<tr>
                      <th scope="row">${stepLabel(entry)}</th>
                      <td>${entry.split}</td>
                      <td class="n">${entry.correct} / ${entry.total}</td>
                      <td class="n">${percent(share(entry.correct, entry.total))}</td>
                      <td class="n">${percentInterval(entry.low, entry.high)}</td>
                      ${further && html`<td>${furtherVerdicts(entry)}</td>`}
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`;
  return { id: 'accuracy', title: 'Accuracy by iteration', body };
}
