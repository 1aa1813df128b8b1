import * as Plot from '@observablehq/plot';
import type { AccuracyMeasured } from '@trprompt/proto/events/v1/events';
import type { Markup } from '../escape.js';
import { share, stepLabel } from '../findings.js';
import { percent } from '../format.js';
import { renderPlot } from './svg.js';

/** Colour of each split's points. */
export const splitColors: Record<string, string> = {
  train: 'var(--series-2)',
  validation: 'var(--series-1)',
};

/** Points up to which each has its figure beside it. */
const mostLabelled = 15;

/** Accuracy by iteration and step with 95 % intervals; validation points are joined. */
export function accuracyPlot(measured: readonly AccuracyMeasured[]): Markup {
  const rows = measured.map((entry, index) => ({
    // An accuracy measured again after a resumed run would fall on the same label: the index keeps them apart.
    key: String(index),
    // The first label has no room to its left.
    label: entry.step === 'initial' ? 'start' : stepLabel(entry),
    split: entry.split,
    value: 100 * share(entry.correct, entry.total),
    low: 100 * entry.low,
    high: 100 * entry.high,
    title: `${stepLabel(entry)}, ${entry.split}: ${entry.correct} of ${entry.total}`,
  }));
  const labels = new Map(rows.map((row) => [row.key, row.label]));
  const color = (row: { split: string }): string => splitColors[row.split] ?? 'var(--series-3)';
  const axis = axisFor(rows.length);
  return renderPlot(
    {
      height: 260 + axis.margin,
      marginBottom: axis.margin,
      x: {
        type: 'point',
        domain: rows.map((row) => row.key),
        tickFormat: (key: string) => (Number(key) % axis.every === 0 ? (labels.get(key) ?? '') : ''),
        label: null,
        padding: 0.6,
        tickRotate: axis.rotate,
      },
      y: {
        label: 'accuracy, %',
        domain: [0, niceTop(Math.max(...rows.map((row) => row.high)))],
        ticks: 5,
        grid: true,
        labelArrow: 'none',
      },
      marks: [
        Plot.ruleY([0]),
        Plot.lineY(
          rows.filter((row) => row.split === 'validation'),
          { x: 'key', y: 'value', stroke: splitColors.validation, strokeOpacity: 0.45 },
        ),
        Plot.ruleX(rows, { x: 'key', y1: 'low', y2: 'high', stroke: color, strokeWidth: 2 }),
        Plot.dot(rows, { x: 'key', y: 'value', fill: color, r: 4.5, title: 'title' }),
        Plot.text(rows.length > mostLabelled ? [] : rows, {
          x: 'key',
          y: 'value',
          text: (row: { value: number }) => row.value.toFixed(0),
          dx: 8,
          textAnchor: 'start',
          fontSize: 12,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
    },
    {
      title: 'Accuracy by iteration and step',
      description: measured
        .map((entry) => `${stepLabel(entry)} (${entry.split}): ${percent(share(entry.correct, entry.total))}`)
        .join('; '),
    },
  );
}

/** The next multiple of 20 above a percentage, at most 100: room for the interval, without hiding the scale. */
export function niceTop(highest: number): number {
  return Math.min(100, Math.max(20, Math.ceil(highest / 20) * 20));
}

/** Steeper labels for more points, and not every one for many. */
function axisFor(points: number): { rotate: number; margin: number; every: number } {
  if (points <= 6) return { rotate: 0, margin: 40, every: 1 };
  return points <= mostLabelled
    ? { rotate: -30, margin: 78, every: 1 }
    : { rotate: -65, margin: 110, every: Math.ceil(points / 40) };
}
