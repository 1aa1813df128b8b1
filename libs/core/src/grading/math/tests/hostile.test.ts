import { describe, expect, it } from 'vitest';
import { compareMath, mathGoldProblem } from '../index.js';

const repeat = (text: string, times: number): string => text.repeat(times);
const numbers = (count: number, write: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => write(n)).join(',');

const hostile: Record<string, [string, string]> = {
  'a tower of powers': ['9^{9^{9^9}}', '9^{9^{9^8}}'],
  'a taller tower': ['9^9^9^9^9^9^9^9', '8^9^9^9^9^9^9'],
  'a factorial of a million': ['(10^6)!', '(10^6)! + 1'],
  'factorials of factorials': ['5!!!!!!', '3'],
  'many factorials': [`${repeat('5000!+', 300)}1`, `${repeat('5000!+', 300)}2`],
  'a large exponent': ['1e999999', '1e999998'],
  'long integers to long powers': [
    `${repeat('9', 9999)}^${repeat('9', 9999)}`,
    `${repeat('9', 9998)}^${repeat('9', 9999)}`,
  ],
  'deep groups': [`${repeat('{', 9000)}1${repeat('}', 9000)}`, '2'],
  'deep roots': [`${repeat('\\sqrt{', 3000)}2${repeat('}', 3000)}`, '1'],
  'roots just within the depth': [
    `${repeat('\\sqrt{', 70)}2${repeat('}', 70)}`,
    `${repeat('\\sqrt{', 70)}3${repeat('}', 70)}`,
  ],
  'many minus signs': [`${repeat('-', 9000)}1`, '2'],
  bars: [repeat('|', 9000), '1'],
  'ten million digits': [repeat('1', 10_000_000), '1'],
  'ten million zero-width characters': [`${repeat('\u200b', 10_000_000)}2`, '1'],
  'ten million backslashes': [repeat('\\', 10_000_000), '1'],
  'a long list of sines': [numbers(400, (n) => `\\sin ${n}`), numbers(400, (n) => `\\cos ${n}`)],
  'a long list of signs': [`${repeat('\\pm x, ', 900)}1`, '1'],
  'many signs': [`1${repeat('\\pm 2', 60)}`, '3'],
  'a long sum of functions': [`${repeat('\\sin x+', 2000)}1`, `${repeat('\\sin x+', 2000)}2`],
  'a long set difference': [`\\mathbb{R}${repeat('\\setminus\\{1\\}', 800)}`, '(1,2)'],
  'powers of powers': [`x${repeat('^2', 70)}`, `x${repeat('^2', 69)}`],
  'exponentials of exponentials': ['e^{e^{e^{e^e}}}', 'e^{e^{e^{e^e}}}+1'],
  'nested unknown functions': [
    `${repeat('f(', 35)}x${repeat(')', 35)}`,
    `${repeat('f(', 34)}x${repeat(')', 34)}`,
  ],
  'a limit beyond any precision': ['(1+10^{-20000})^{10^{20000}}', 'e'],
  'a huge angle': ['\\sin(10^{100})', '\\cos(10^{100})'],
  'unpaired surrogates': ['\ud800\udfff\ud800', '1'],
  'a huge modulus': ['x\\equiv 3 \\pmod{10^{30000}}', 'x\\equiv 4 \\pmod{10^{30000}}'],
};

describe('hostile input', () => {
  it.each(Object.entries(hostile))('%s', (_, [answer, gold]) => {
    // The guard is generous, for a busy machine; the benchmark measures.
    const start = performance.now();
    expect(compareMath(answer, gold).equal).toBe(false);
    expect(compareMath(gold, answer).equal).toBe(false);
    expect(compareMath(gold, gold).equal).toBe(true);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('does not hide an answer behind characters that show nothing', () => {
    expect(compareMath('\u202e\u2066(1\u200b,\ufeff2)\u2069', '(1,2)').equal).toBe(true);
  });
});

describe('a gold answer', () => {
  it('that is empty or too long is named', () => {
    expect(mathGoldProblem(' ')).toMatch(/empty/);
    expect(mathGoldProblem(repeat('1', 30_000))).toMatch(/longer/);
    expect(mathGoldProblem('\\text{Evelyn}')).toBeUndefined();
  });
});
