import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, createRandom, deriveSeed, maxSeed, sha256Hex } from '../index.js';

describe('sha256Hex', () => {
  it('hashes the UTF-8 bytes', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('ü')).not.toBe(sha256Hex('u'));
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth, keeps lists in order and leaves undefined members out', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[2,{"d":1}]}');
  });

  it('property: does not depend on the order of keys and parses back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    [{ a: Number.NaN }, '$.a'],
    [[1, 2n], '$[1]'],
    [() => 1, '$'],
    [[undefined], '$[0]'],
  ])('says where a value is not JSON (%#)', (value, place) => {
    expect(() => canonicalJson(value)).toThrow(place);
  });

  it('refuses cycles', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(() => canonicalJson(cycle)).toThrow('$.self');
  });
});

describe('deriveSeed', () => {
  it('is fixed for all time: runs recorded earlier stay reproducible', () => {
    expect([deriveSeed(7), deriveSeed(7, 1, 'rollout', 'q1'), deriveSeed(0, '1'), deriveSeed(0, 1)])
      .toMatchInlineSnapshot(`
      [
        743440029,
        1686942123,
        1512760215,
        589272268,
      ]
    `);
  });

  it('property: is a seed, and differs between parts, also where their texts join to the same', () => {
    fc.assert(
      fc.property(fc.nat(maxSeed), fc.string(), fc.string(), (seed, a, b) => {
        const derived = deriveSeed(seed, a, b);
        expect(Number.isInteger(derived) && derived >= 0 && derived <= maxSeed).toBe(true);
        expect(derived).toBe(deriveSeed(seed, a, b));
        expect(derived).not.toBe(deriveSeed(seed, `${a}${b}`));
        expect(derived).not.toBe(deriveSeed(seed, a, b, 0));
      }),
    );
  });
});

describe('createRandom', () => {
  it('is fixed for all time', () => {
    const random = createRandom(7);
    expect([random.next(), random.int(100), random.int(2 ** 32), random.shuffle([1, 2, 3, 4, 5])])
      .toMatchInlineSnapshot(`
      [
        0.7170256830301501,
        13,
        1118785047,
        [
          3,
          5,
          2,
          4,
          1,
        ],
      ]
    `);
  });

  it('is uniform: 60,000 throws of a die miss no face by more than four standard deviations', () => {
    const random = createRandom(1);
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 60_000; i++) {
      const face = random.int(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
  });

  it('property: shuffles keep all items, samples are distinct, the input is left alone', () => {
    fc.assert(
      fc.property(fc.nat(maxSeed), fc.uniqueArray(fc.integer()), fc.nat(), (seed, items, n) => {
        const before = [...items];
        const size = items.length === 0 ? 0 : n % (items.length + 1);
        const shuffled = createRandom(seed).shuffle(items);
        expect(shuffled).toHaveLength(before.length);
        expect(new Set(shuffled)).toEqual(new Set(before));
        const sample = createRandom(seed).sample(items, size);
        expect(new Set(sample).size).toBe(size);
        expect(items).toEqual(before);
        const next = createRandom(seed).next();
        expect(next >= 0 && next < 1).toBe(true);
      }),
    );
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('int(%s) says what it needs', (n) => {
    expect(() => createRandom(1).int(n)).toThrow('integer of 1 to 2^32');
  });

  it('a sample of more than there is says so', () => {
    expect(() => createRandom(1).sample([1, 2], 3)).toThrow('integer of 0 to 2');
  });

  it('a seed must be an integer', () => {
    expect(() => createRandom(0.5)).toThrow('seed is 0.5');
  });
});
