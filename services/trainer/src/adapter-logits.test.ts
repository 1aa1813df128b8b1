import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { llamaLogProbabilities } from './testing/llama-logits.js';
import { makeTinyModel, runPython, shippedModel } from './testing/python.js';

/** What worker/tests/logits.py prints. */
interface Reference {
  sequences: number[][];
  base: number[][];
  adapted: number[][];
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

function logSoftmax(logits: readonly number[]): number[] {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const norm = most + Math.log(sum(logits.map((logit) => Math.exp(logit - most))));
  return logits.map((logit) => logit - norm);
}

function largestDifference(a: readonly number[], b: Float64Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  const deviations = a.map((value, index) => [value - meanA, (b[index] ?? NaN) - meanB] as const);
  const covariance = sum(deviations.map(([x, y]) => x * y));
  return covariance / Math.sqrt(sum(deviations.map(([x]) => x * x)) * sum(deviations.map(([, y]) => y * y)));
}

describe('an adapter converted to GGUF', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adapter-logits-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  describe('on an unquantised random model with grouped-query attention', () => {
    let model: string;
    let reference: Reference;

    beforeAll(async () => {
      await makeTinyModel(folder);
      model = join(folder, 'tiny.gguf');
      reference = JSON.parse(
        await runPython('logits.py', join(folder, 'hf'), folder, '4', '0.3'),
      ) as Reference;
    });

    async function differences(adapter: string | undefined, expected: number[][]): Promise<number> {
      const actual = await llamaLogProbabilities(
        model,
        adapter && join(folder, adapter),
        reference.sequences,
      );
      return Math.max(
        ...actual.map((logs, index) => largestDifference(logSoftmax(expected[index] ?? []), logs)),
      );
    }

    it('gives llama.cpp the logits that transformers and PEFT compute', async () => {
      expect(await differences('adapter.gguf', reference.adapted)).toBeLessThan(0.05);
    });

    it('changes them: without the adapter they are those of the base', async () => {
      expect(await differences(undefined, reference.base)).toBeLessThan(0.05);
      expect(await differences(undefined, reference.adapted)).toBeGreaterThan(1);
    });

    it('would give others if the rows of queries and keys were not permuted', async () => {
      expect(await differences('unpermuted.gguf', reference.adapted)).toBeGreaterThan(0.5);
    });
  });

  // llama.cpp rounds activations on this model, which alone moves logits by 0.2: the adapter is drawn so that its effect is larger.
  it('has on the shipped, quantised model the effect that it has in PEFT', async () => {
    const place = join(folder, 'shipped');
    await mkdir(place);
    const output = await runPython('logits.py', shippedModel, place, '8', '0.1');
    const { sequences, base, adapted } = JSON.parse(output) as Reference;
    const plain = await llamaLogProbabilities(shippedModel, undefined, sequences);
    const effects = async (adapter: string): Promise<number[]> => {
      const changed = await llamaLogProbabilities(shippedModel, join(place, adapter), sequences);
      return sequences.map((_, index) => {
        const [before, after] = [logSoftmax(base[index] ?? []), logSoftmax(adapted[index] ?? [])];
        const expected = after.map((value, id) => value - (before[id] ?? NaN));
        const actual = Array.from(changed[index] ?? [], (value, id) => value - (plain[index]?.[id] ?? NaN));
        return correlation(expected, actual);
      });
    };
    const right = await effects('adapter.gguf');
    const wrong = await effects('unpermuted.gguf');
    expect(sum(right) / right.length).toBeGreaterThan(0.95);
    expect(sum(wrong) / wrong.length).toBeLessThan(sum(right) / right.length - 0.02);
  }, 120_000);
});
