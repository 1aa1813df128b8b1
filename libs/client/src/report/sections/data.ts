import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RolloutSampled } from '@trprompt/proto/events/v1/events';
import { html, type Markup } from '../escape.js';
import { samplingSentence, testAccessSentence } from '../findings.js';
import { count } from '../format.js';
import { missing, type Section } from './section.js';

const splitNames = ['train', 'validation', 'confirmation', 'test'];

/** The splits with their content hashes, how rollouts were sampled, and who read the test split. */
export function dataSection(report: RunReport): Section {
  const splits = splitNames.filter((name) => report.splits[name] !== undefined);
  const body = html`<h3>Splits</h3>
    ${splits.length === 0 ? missing('The data has not been split yet.') : splitTable(report, splits)}
    <h3>Sampling of rollout questions</h3>
    ${report.samplings.length === 0 ? missing('No rollout has ended yet.') : samplingTable(report.samplings)}
    <h3>The test split</h3>
    ${
      report.testAccess.length === 0
        ? missing('In quarantine: nobody has read it.')
        : html`<ul>
            ${report.testAccess.map((access) => html`<li>${testAccessSentence(access)}</li>`)}
          </ul>`
    }`;
  return { id: 'data', title: 'Data and sampling', body };
}

function splitTable({ splits, splitHashes }: RunReport, names: readonly string[]): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Split</th>
          <th class="n">Questions</th>
          <th>Content hash of questions and gold answers</th>
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="n">${count(splits[name] ?? 0)}</td>
              <td><code>${splitHashes[name] || 'not recorded'}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function samplingTable(samplings: readonly RolloutSampled[]): Markup {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th class="n">Iteration</th>
          <th>Strategy</th>
          <th class="n">Drawn</th>
          <th>Answers</th>
          <th>Of whom</th>
        </tr>
      </thead>
      <tbody>
        ${samplings.map(
          (sampled) =>
            html`<tr>
              <td class="n">${sampled.iteration}</td>
              <td>${sampled.strategy}</td>
              <td class="n">${count(sampled.drawn)}</td>
              <td>${samplingSentence(sampled)}</td>
              <td>${drawnFrom(sampled)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function drawnFrom({ strategy, strata, unseen }: RolloutSampled): string {
  if (strategy === 'rebalance') return `${count(unseen)} drawn for the first time`;
  return Object.entries(strata)
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, drawn]) => `${name}: ${count(drawn)}`)
    .join(', ');
}
