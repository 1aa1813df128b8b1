import type { PhaseCost, RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { html } from '../escape.js';
import { phaseLabel } from '../findings.js';
import { count, duration } from '../format.js';
import { costPlot } from '../plots/costs.js';
import { figure, missing, type Section } from './section.js';

/** Calls, tokens and time added up. */
export interface CostTotal {
  calls: number;
  promptTokens: number;
  completionTokens: number;
  cachedPromptTokens: number;
  seconds: number;
}

/** The sum over phases. Token counts are the endpoint's own; seconds are wall time. */
export function totalCost(costs: readonly PhaseCost[]): CostTotal {
  const total = { calls: 0, promptTokens: 0, completionTokens: 0, cachedPromptTokens: 0, seconds: 0 };
  for (const { usage, seconds } of costs) {
    total.calls += usage?.calls ?? 0;
    total.promptTokens += usage?.promptTokens ?? 0;
    total.completionTokens += usage?.completionTokens ?? 0;
    total.cachedPromptTokens += usage?.cachedPromptTokens ?? 0;
    total.seconds += seconds;
  }
  return total;
}

/** Calls, tokens and wall time by phase. */
export function costsSection(report: RunReport): Section {
  const { costs } = report;
  const total = totalCost(costs);
  const body =
    costs.length === 0
      ? missing('No phase has recorded a cost yet.')
      : html`${figure(costPlot(costs), 'Wall time of each phase over all attempts, in the order of the run.')}
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>Iteration · phase</th>
                  <th class="n">Calls</th>
                  <th class="n">Prompt tokens</th>
                  <th class="n">of them cached</th>
                  <th class="n">Generated tokens</th>
                  <th class="n">Time</th>
                </tr>
              </thead>
              <tbody>
                ${costs.map(
                  ({ phase, iteration, usage, seconds }) =>
                    html`<tr>
                      <th scope="row">${phaseLabel(phase, iteration)}</th>
                      <td class="n">${count(usage?.calls ?? 0)}</td>
                      <td class="n">${count(usage?.promptTokens ?? 0)}</td>
                      <td class="n">${count(usage?.cachedPromptTokens ?? 0)}</td>
                      <td class="n">${count(usage?.completionTokens ?? 0)}</td>
                      <td class="n">${duration(seconds)}</td>
                    </tr>`,
                )}
              </tbody>
              <tfoot>
                <tr>
                  <th scope="row">All</th>
                  <td class="n">${count(total.calls)}</td>
                  <td class="n">${count(total.promptTokens)}</td>
                  <td class="n">${count(total.cachedPromptTokens)}</td>
                  <td class="n">${count(total.completionTokens)}</td>
                  <td class="n">${duration(total.seconds)}</td>
                </tr>
              </tfoot>
            </table>
          </div>`;
  return { id: 'costs', title: 'Calls, tokens and time', body };
}
