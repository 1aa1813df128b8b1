import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { type MethodResult, methodResults, rightWords } from '../findings.js';
import { capital, percent, percentInterval, pValue } from '../format.js';
import { comparisonPlot } from '../plots/comparison.js';
import { figure, missing, type Section } from './section.js';

/** The test split: each method with its interval, and the paired comparisons. */
export function comparisonSection(report: RunReport): Section {
  const results = methodResults(report);
  const judged = report.judged.length > 0;
  const { right, accuracy } = rightWords(report);
  const further = results.some((result) => result.further !== '');
  const body =
    results.length === 0
      ? missing('The test split is scored once, at the end of the run; it has not been scored.')
      : html`${figure(
            comparisonPlot(results.filter(({ reference }) => !reference)),
            judged
              ? 'Dots are the share of test questions whose answer beat the reference answer, bars are 95 % Wilson intervals. The test split was scored once, with the checkpoint that was best on validation.'
              : 'Dots are the share of test questions answered right, bars are 95 % Wilson intervals. The test split was scored once, with the checkpoint that was best on validation.',
          )}
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Method</th>
                  <th class="n">${capital(right)}</th>
                  <th class="n">${capital(accuracy)}</th>
                  <th class="n">95 % interval</th>
                  <th class="n">TRPrompt won / lost</th>
                  <th class="n">${judged ? 'Sign test' : 'McNemar'}</th>
                  ${further && html`<th>Further verdicts</th>`}
                </tr>
              </thead>
              <tbody>
                ${results.map((result) => row(result, further))}
              </tbody>
            </table>
          </div>
          <p class="meta">${judged ? judgedNote : note}</p>`;
  return { id: 'comparison', title: 'Final comparison', body };
}

const note =
  'Won: right with TRPrompt and wrong with the method; lost: the other way round; same questions. The exact McNemar test is two-sided and not corrected for the number of comparisons; the intervals are of each method alone, so overlapping intervals do not rule a paired difference out.';
const judgedNote =
  'TRPrompt won / lost: questions whose outcome (win, tie or loss against the reference answer) was better or worse with TRPrompt than with the method. The exact sign test is two-sided and not corrected for the number of comparisons. Answers to the bare question tie with themselves where they are the reference answers, so the base line has no win rate: compare the scores.';

function row(result: MethodResult, further: boolean) {
  const { comparison } = result;
  return html`<tr${result.method === 'trprompt' && html` class="ours"`}><th scope="row">${result.label}</th>${result.reference ? html`<td class="n" colspan="3">what the others are compared with</td>` : measured(result)}
<td class="n">${comparison ? `${comparison.wins} / ${comparison.losses}` : ''}</td><td class="n">${comparison ? pValue(comparison.pValue) : ''}</td>${further && html`<td>${result.further}</td>`}</tr>`;
}

function measured({ correct, total, accuracy, low, high }: MethodResult) {
  return html`<td class="n">${correct} / ${total}</td>
    <td class="n">${percent(accuracy)}</td>
    <td class="n">${percentInterval(low, high)}</td>`;
}
