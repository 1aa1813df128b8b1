import * as Plot from '@observablehq/plot';
import type { TrainingSummary } from '@trprompt/proto/coordinator/v1/coordinator';
import type { Markup } from '../escape.js';
import { renderPlot, seriesColor } from './svg.js';

/** Longest line that is drawn point by point; longer ones are averaged in buckets, so that a report of a long run stays small. */
const mostPoints = 600;

/** Training loss by optimiser step, one line an iteration. */
export function trainingPlot(trainings: readonly TrainingSummary[]): Markup {
  const lines = trainings.map((training, index) => ({
    color: seriesColor(index),
    label: `iteration ${training.iteration}`,
    points: downsample(training.losses.filter((loss) => Number.isFinite(loss))),
    of: training.losses.length,
  }));
  const drawn = lines.filter((line) => line.points.length > 0);
  const highest = Math.max(0, ...drawn.flatMap((line) => line.points.map((point) => point.loss)));
  const heights = apart(
    drawn.map((line) => line.points.at(-1)?.loss ?? 0),
    0.08 * highest,
  );
  const lastStep = Math.max(1, ...drawn.map((line) => line.points.at(-1)?.step ?? 1));
  return renderPlot(
    {
      height: 260 + 14 * Math.max(0, drawn.length - 4),
      marginRight: 84,
      marginBottom: 38,
      x: { label: 'optimiser step', labelArrow: 'none', labelAnchor: 'center', tickFormat: 'd' },
      y: { label: 'loss, nats per prompt token', labelArrow: 'none', grid: true, zero: true, ticks: 5 },
      marks: [
        Plot.ruleY([0]),
        ...drawn.flatMap((line, index) => [
          Plot.lineY(line.points, { x: 'step', y: 'loss', stroke: line.color, strokeWidth: 1.8 }),
          ...(line.points.length === 1
            ? [Plot.dot(line.points, { x: 'step', y: 'loss', fill: line.color })]
            : []),
          Plot.text([{ step: lastStep, loss: heights[index] ?? 0 }], {
            x: 'step',
            y: 'loss',
            text: () => line.label,
            fill: line.color,
            dx: 6,
            textAnchor: 'start',
            fontSize: 12,
            stroke: 'var(--paper)',
            strokeWidth: 4,
          }),
        ]),
      ],
    },
    {
      title: 'Training loss by optimiser step',
      description: drawn
        .map(
          (line) =>
            `${line.label}: from ${line.points[0]?.loss.toFixed(2)} to ${line.points.at(-1)?.loss.toFixed(2)} in ${line.of} steps`,
        )
        .join('; '),
    },
  );
}

/** Heights of the labels at the lines' ends, moved up where they would be nearer to each other than `gap` (in losses). */
function apart(ends: readonly number[], gap: number): number[] {
  const heights = [...ends];
  let floor = Number.NEGATIVE_INFINITY;
  for (const index of [...ends.keys()].sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0))) {
    floor = Math.max(ends[index] ?? 0, floor + gap);
    heights[index] = floor;
  }
  return heights;
}

function downsample(losses: readonly number[]): { step: number; loss: number }[] {
  const bucket = Math.max(1, Math.ceil(losses.length / mostPoints));
  const points: { step: number; loss: number }[] = [];
  for (let start = 0; start < losses.length; start += bucket) {
    const part = losses.slice(start, start + bucket);
    points.push({ step: start + part.length, loss: part.reduce((sum, loss) => sum + loss, 0) / part.length });
  }
  return points;
}
