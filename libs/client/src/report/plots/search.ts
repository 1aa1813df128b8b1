import * as Plot from '@observablehq/plot';
import { wilson } from '@trprompt/core';
import type { SearchTrajectory } from '@trprompt/proto/coordinator/v1/coordinator';
import type { Markup } from '../escape.js';
import { share } from '../findings.js';
import { niceTop } from './accuracy.js';
import { renderPlot } from './svg.js';

/** Score of each candidate reward by step; a line follows the reward that was kept. */
export function searchPlot(search: SearchTrajectory): Markup {
  const rows = search.candidates
    .filter((candidate) => candidate.total > 0)
    .map((candidate) => {
      const { low, high } = wilson(candidate.correct, candidate.total);
      return {
        step: candidate.step,
        kept: candidate.kept,
        decided: candidate.decided,
        value: 100 * share(candidate.correct, candidate.total),
        low: 100 * low,
        high: 100 * high,
        title: `${candidate.candidateId}: ${candidate.correct} of ${candidate.total}, ${candidateState(candidate)}`,
      };
    });
  const lastStep = Math.max(1, ...rows.map((row) => row.step));
  return renderPlot(
    {
      height: 250,
      marginBottom: 38,
      x: {
        label: 'search step (0 = the reward it started from)',
        domain: [-0.4, lastStep + 0.4],
        ticks: Array.from({ length: lastStep + 1 }, (_, step) => step).filter(
          (step) => lastStep <= 20 || step % 5 === 0,
        ),
        tickFormat: 'd',
        labelArrow: 'none',
        labelAnchor: 'center',
      },
      y: {
        label: 'validation accuracy, %',
        domain: [0, niceTop(Math.max(...rows.map((row) => row.high)))],
        ticks: 5,
        grid: true,
        labelArrow: 'none',
      },
      marks: [
        Plot.ruleY([0]),
        Plot.line(incumbent(rows, lastStep), {
          x: 'step',
          y: 'value',
          curve: 'step-after',
          stroke: 'var(--series-1)',
          strokeWidth: 2,
        }),
        Plot.ruleX(rows, {
          x: 'step',
          y1: 'low',
          y2: 'high',
          stroke: (row: { kept: boolean }) => (row.kept ? 'var(--series-1)' : 'var(--muted)'),
          strokeOpacity: 0.6,
        }),
        Plot.dot(rows, {
          x: 'step',
          y: 'value',
          r: 5,
          stroke: (row: { kept: boolean }) => (row.kept ? 'var(--series-1)' : 'var(--muted)'),
          fill: (row: { kept: boolean }) => (row.kept ? 'var(--series-1)' : 'var(--paper)'),
          strokeWidth: 1.8,
          title: 'title',
        }),
      ],
    },
    {
      title: `Reward search of iteration ${search.iteration}`,
      description: rows.map((row) => `step ${row.step}: ${row.title}`).join('; '),
    },
  );
}

/** What became of a candidate, as a word. */
export function candidateState({ kept, decided }: { kept: boolean; decided: boolean }): string {
  if (!decided) return 'not decided';
  return kept ? 'kept' : 'reverted';
}

/** The score of the reward in force after each step. */
function incumbent(
  rows: readonly { step: number; kept: boolean; value: number }[],
  lastStep: number,
): { step: number; value: number }[] {
  const kept = rows.filter((row) => row.kept).map(({ step, value }) => ({ step, value }));
  const last = kept.at(-1);
  return last && last.step < lastStep ? [...kept, { step: lastStep, value: last.value }] : kept;
}
