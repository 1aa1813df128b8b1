import * as Plot from '@observablehq/plot';
import type { Markup } from '../escape.js';
import type { MethodResult } from '../findings.js';
import { percent } from '../format.js';
import { niceTop } from './accuracy.js';
import { renderPlot } from './svg.js';

/** Test accuracy of each method with its 95 % interval, one row a method. */
export function comparisonPlot(results: readonly MethodResult[]): Markup {
  const rows = results.map((result) => ({
    label: result.label,
    value: 100 * result.accuracy,
    low: 100 * result.low,
    high: 100 * result.high,
    color: result.method === 'trprompt' ? 'var(--series-1)' : 'var(--muted)',
    text: `${percent(result.accuracy)}  (${result.correct} of ${result.total})`,
  }));
  return renderPlot(
    {
      height: 46 + 44 * rows.length,
      marginLeft: 140,
      marginRight: 30,
      marginTop: 10,
      marginBottom: 38,
      x: {
        label: 'accuracy on the test split, %',
        domain: [0, niceTop(Math.max(...rows.map((row) => row.high)))],
        grid: true,
        labelArrow: 'none',
        labelAnchor: 'center',
      },
      y: { type: 'band', domain: rows.map((row) => row.label), label: null, tickSize: 0 },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(rows, { y: 'label', x1: 'low', x2: 'high', stroke: 'color', strokeWidth: 2.5 }),
        Plot.dot(rows, { y: 'label', x: 'value', fill: 'color', r: 5.5 }),
        Plot.text(rows, {
          y: 'label',
          x: 'value',
          text: 'text',
          dy: -13,
          fontSize: 12,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ],
      color: { type: 'identity' },
    },
    {
      title: 'Accuracy on the test split by method',
      description: results
        .map(
          (result) =>
            `${result.label}: ${percent(result.accuracy)} (${percent(result.low)} to ${percent(result.high)})`,
        )
        .join('; '),
    },
  );
}
