import type { RunReport, SearchTrajectory } from '@trprompt/proto/coordinator/v1/coordinator';
import { html, type Markup } from '../escape.js';
import { clip } from '../format.js';
import { candidateState, searchPlot } from '../plots/search.js';
import { figure, legend, missing, type Section } from './section.js';

/** What the search for the optimal reward tried, kept and reverted. */
export function searchSection(report: RunReport): Section {
  const searches = report.searches.filter((search) => search.candidates.length > 0);
  const body =
    searches.length === 0
      ? missing('No reward search has been made: it is switched off in the configuration or has not begun.')
      : html`${searches.map(trajectory)}`;
  return { id: 'search', title: 'Search for the optimal reward', body };
}

function trajectory(search: SearchTrajectory): Markup {
  const scored = search.candidates.some((candidate) => candidate.total > 0);
  return html`<h3>Iteration ${search.iteration}</h3>
    ${
      scored
        ? figure(
            searchPlot(search),
            'Validation accuracy of each candidate with its 95 % Wilson interval. The line follows the reward in force. A candidate is kept when it scores higher, so the kept score overstates what it will do on new questions.',
            legend([
              { color: 'var(--series-1)', label: 'kept' },
              { color: 'var(--muted)', label: 'reverted', hollow: true },
            ]),
          )
        : missing('No candidate has been scored yet.')
    }
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th>Candidate</th>
            <th class="n">Right</th>
            <th>Decision</th>
            <th>Reward text</th>
          </tr>
        </thead>
        <tbody>
          ${search.candidates.map(
            (candidate) =>
              html`<tr>
                <td>${candidate.step}</td>
                <td>${candidate.candidateId}</td>
                <td class="n">${candidate.correct} / ${candidate.total}</td>
                <td>${candidateState(candidate)}</td>
                <td class="text">${clip(candidate.reward, 280)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
