import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html, type Markup } from '../escape.js';
import { missing, type Section } from './section.js';

/** Seeds, versions and configuration: what is needed to do the run again. */
export function provenanceSection(report: RunReport): Section {
  const provenance = Object.entries(report.provenance).sort(([a], [b]) => a.localeCompare(b));
  const body = html`<h3>Seeds, versions and models</h3>
    ${provenance.length === 0 ? missing('None recorded.') : pairs(provenance)}
    <h3>Configuration, all defaults filled in</h3>
    ${report.config === '' ? missing('None recorded.') : html`<pre>${report.config}</pre>`}`;
  return { id: 'provenance', title: 'Provenance and configuration', body };
}

function pairs(entries: readonly (readonly [string, string])[]): Markup {
  return html`<table>
    <tbody>
      ${entries.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td><code>${value}</code></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
