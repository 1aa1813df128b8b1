import { TrainingSummary } from '@trprompt/proto/coordinator/v1/coordinator';
import { describe, expect, it } from 'vitest';
import { trainingPlot } from './training.js';

const training = (iteration: number, losses: number[]): TrainingSummary =>
  TrainingSummary.fromPartial({ iteration, losses });

/** Vertical positions of the lines' labels, in pixels. */
function labelHeights(svg: string): number[] {
  return [...svg.matchAll(/translate\([\d.]+,([\d.]+)\)"[^>]*>iteration/g)].map((match) => Number(match[1]));
}

describe('the training plot', () => {
  it('keeps labels of lines that end at the same loss apart', () => {
    const svg = trainingPlot([1, 2, 3].map((iteration) => training(iteration, [2, 1]))).toString();
    const heights = labelHeights(svg).sort((a, b) => a - b);
    expect(heights).toHaveLength(3);
    const gaps = heights.slice(1).map((height, index) => height - (heights[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(11);
  });

  it('stays small however many steps there were', () => {
    const losses = Array.from({ length: 50_000 }, (_, step) => 2 / (1 + step));
    const svg = trainingPlot([training(1, losses)]).toString();
    expect(svg.length).toBeLessThan(40_000);
    expect(svg).toContain('in 50000 steps');
  });
});
