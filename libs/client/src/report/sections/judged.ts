import type { JudgedAccuracy, RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { judgeRemark, methodLabel, share, stepLabel } from '../findings.js';
import { percent, pValue } from '../format.js';
import type { Section } from './section.js';

/** What the judge's comparisons came to; absent in runs without a judge. */
export function judgedSection({ judged }: RunReport): Section | undefined {
  if (judged.length === 0) return undefined;
  const body = html`<p class="meta">
      Every answer was compared with a reference answer to the same question, blind and in both orders; it won
      when it won in both. A score of 50 % is as good as the reference answers: a win counts as 1, a tie as
      one half. The sign test is of wins against losses, two-sided.
    </p>
    <p>${judgeRemark(judged)}</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Measured</th>
            <th>Split</th>
            <th>Method</th>
            <th class="n">Won / tied / lost</th>
            <th class="n">Score</th>
            <th class="n">Inconsistent</th>
            <th class="n">Unreadable</th>
            <th class="n">Sign test</th>
          </tr>
        </thead>
        <tbody>
          ${judged.map(row)}
        </tbody>
      </table>
    </div>`;
  return { id: 'judge', title: 'Comparisons by the judge', body };
}

function row(entry: JudgedAccuracy) {
  const { split, method, wins, ties, losses, inconsistent, unreadable, score } = entry;
  const total = wins + ties + losses;
  const ours = method === 'trprompt' && split === 'test';
  return html`<tr${ours && html` class="ours"`}><th scope="row">${stepLabel(entry)}</th><td>${split}</td><td>${methodLabel(method)}</td>
<td class="n">${wins} / ${ties} / ${losses}</td><td class="n">${percent(score)}</td>
<td class="n">${percent(share(inconsistent, total))}</td><td class="n">${percent(share(unreadable, total))}</td><td class="n">${pValue(entry.pValue)}</td></tr>`;
}
