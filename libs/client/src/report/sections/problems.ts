import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { phaseLabel } from '../findings.js';
import { clip, count } from '../format.js';
import { missing, type Section } from './section.js';

const counterNames: Record<string, string> = {
  redactions: 'Gold answers redacted from rewards',
  search_repaired: 'Search edits repaired',
  search_rejected: 'Search edits rejected',
  training_skipped: 'Triples left out of training',
};
const mostRows = 200;

/** What went wrong on the way: items given up, and counters. */
export function problemsSection(report: RunReport): Section {
  const counters = Object.entries(report.counters).sort(([a], [b]) => a.localeCompare(b));
  const shown = report.givenUp.slice(0, mostRows);
  const body = html`${
      counters.length === 0
        ? missing('No counter has been recorded.')
        : html`<table>
            <thead>
              <tr>
                <th>Counter</th>
                <th class="n">Count</th>
              </tr>
            </thead>
            <tbody>
              ${counters.map(
                ([name, value]) =>
                  html`<tr>
                    <th scope="row">${counterNames[name] ?? name}</th>
                    <td class="n">${count(value)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
    <h3>Items given up</h3>
    ${
      shown.length === 0
        ? missing('None: every item of every phase that ran got its result.')
        : html`<p>
              ${count(report.givenUp.length)} in all. In an evaluation they count as wrong; in a rollout they
              are left out of training; in a search they count against their candidate.
            </p>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th>Iteration · phase</th>
                    <th>Item</th>
                    <th>Reason</th>
                  </tr>
                </thead>
                <tbody>
                  ${shown.map(
                    (item) =>
                      html`<tr>
                        <td>${phaseLabel(item.phase, item.iteration)}</td>
                        <td><code>${clip(item.itemId, 80)}</code></td>
                        <td class="text">${clip(item.reason, 300)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
            ${
              report.givenUp.length > shown.length &&
              html`<p class="meta">${count(report.givenUp.length - shown.length)} more are not shown.</p>`
            }`
    }`;
  return { id: 'problems', title: 'Given up, repaired, redacted', body };
}
