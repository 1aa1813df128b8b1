import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { llamaLogProbabilities, llamaTokens } from './testing/llama-logits.js';
import { correlation, largestDifference, logSoftmax, mean } from './testing/numbers.js';
import { runPython, shippedModel } from './testing/python.js';

/** What worker/tests/logits.py writes for a model. */
interface Reference {
  sequences: number[][];
  base: number[][];
  adapted: number[][];
  chat: string;
  chatTokens: number[];
}

describe('an adapter converted to GGUF', () => {
  let folder: string;
  let references: Record<'tiny' | 'shipped', Reference>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adapter-logits-'));
    await runPython('logits.py', folder, shippedModel);
    references = JSON.parse(await readFile(join(folder, 'reference.json'), 'utf8')) as typeof references;
  }, 180_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  describe('on an unquantised random model with grouped-query attention', () => {
    async function difference(adapter: string | undefined, expected: number[][]): Promise<number> {
      const path = (name: string): string => join(folder, 'tiny', name);
      const { sequences } = references.tiny;
      const actual = await llamaLogProbabilities(path('tiny.gguf'), adapter && path(adapter), sequences);
      return Math.max(...actual.map((logs, at) => largestDifference(logSoftmax(expected[at] ?? []), logs)));
    }

    it('gives llama.cpp the logits that transformers and PEFT compute', async () => {
      expect(await difference('adapter.gguf', references.tiny.adapted)).toBeLessThan(0.05);
    });

    it('changes them: without the adapter they are those of the base', async () => {
      expect(await difference(undefined, references.tiny.base)).toBeLessThan(0.05);
      expect(await difference(undefined, references.tiny.adapted)).toBeGreaterThan(1);
    });

    it('would give others if the rows of queries and keys were not permuted', async () => {
      expect(await difference('unpermuted.gguf', references.tiny.adapted)).toBeGreaterThan(0.5);
    });
  });

  describe('on the shipped, quantised model', () => {
    // llama.cpp rounds activations here, which alone moves logits by 0.2 (mean): the adapter is drawn so that it does more.
    it('has the effect that it has in PEFT, and would not if rows were not permuted', async () => {
      const { sequences, base, adapted } = references.shipped;
      const plain = await llamaLogProbabilities(shippedModel, undefined, sequences);
      const agreement = async (adapter: string): Promise<number> => {
        const changed = await llamaLogProbabilities(
          shippedModel,
          join(folder, 'shipped', adapter),
          sequences,
        );
        return mean(
          sequences.map((_, at) => {
            const [before, after] = [base[at] ?? [], adapted[at] ?? []];
            const expected = after.map((value, id) => value - (before[id] ?? NaN));
            const actual = Array.from(changed[at] ?? [], (value, id) => value - (plain[at]?.[id] ?? NaN));
            return correlation(expected, actual);
          }),
        );
      };
      const right = await agreement('adapter.gguf');
      expect(right).toBeGreaterThan(0.95);
      expect(await agreement('unpermuted.gguf')).toBeLessThan(right - 0.05);
    }, 120_000);

    it('was trained on the very tokens that llama.cpp makes of a chat', async () => {
      const { chat, chatTokens } = references.shipped;
      expect(await llamaTokens(shippedModel, chat)).toEqual(chatTokens);
    });
  });
}, 60_000);
