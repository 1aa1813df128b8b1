import { describe, expect, it } from 'vitest';
import { generateWritingRequests, gradingSettings, validateExamples } from '../../index.js';

describe('generated requests for pieces of writing', () => {
  it('are all different, and more of them only adds to the list', () => {
    const all = generateWritingRequests({ count: 2304, seed: 1 });
    expect(new Set(all.map(({ question }) => question)).size).toBe(2304);
    expect(new Set(all.map(({ id }) => id)).size).toBe(2304);
    expect(generateWritingRequests({ count: 10, seed: 1 })).toEqual(all.slice(0, 10));
    expect(generateWritingRequests({ count: 10, seed: 2 })).not.toEqual(all.slice(0, 10));
  });

  it('have no gold answer, which only a judge can do without', () => {
    const examples = generateWritingRequests({ count: 3, seed: 1 });
    expect(examples.map(({ answer }) => answer)).toEqual(['', '', '']);
    expect(validateExamples(examples, gradingSettings({ kind: 'exact' }))).toHaveLength(3);
  });

  it('refuses more than there are', () => {
    expect(() => generateWritingRequests({ count: 2305, seed: 1 })).toThrow('2304 different requests');
  });
});
