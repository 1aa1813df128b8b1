/** Whether two answers have the same value, and why in one clause for a person. The reason never names the gold answer. */
export interface Comparison {
  equal: boolean;
  reason: string;
}

/**
 * Whether two mathematical answers, in LaTeX or plain text without \boxed, have the same value. Synchronous, pure, bounded in
 * time and memory on any input; never throws.
 */
export function compareMath(answer: string, gold: string): Comparison {
  const [left, right] = [canonical(answer), canonical(gold)];
  if (left === '') return { equal: false, reason: 'the answer is empty' };
  if (left === right) return { equal: true, reason: 'the same text' };
  const [a, b] = [fraction(left), fraction(right)];
  if (a !== undefined && b !== undefined && a[0] * b[1] === b[0] * a[1])
    return { equal: true, reason: 'the same exact value' };
  return { equal: false, reason: 'a different value' };
}

/** Why a gold answer can never be matched; undefined: it can. */
export function mathGoldProblem(gold: string): string | undefined {
  return canonical(gold) === '' ? 'the gold answer is empty' : undefined;
}

function canonical(text: string): string {
  return text
    .slice(0, 100_000)
    .replaceAll(/\\[dt]frac/g, '\\frac')
    .replaceAll(/\\(?:left|right|[!,;: ])|\\?\$|[\s~]/g, '')
    .replaceAll('{,}', ',')
    .replace(/[.,;]$/, '');
}

function fraction(text: string): [bigint, bigint] | undefined {
  const match =
    /^(-?)(?:(\d{1,500})(?:\.(\d{1,500}))?|\\frac\{(\d{1,500})\}\{(\d{1,500})\}|(\d{1,500})\/(\d{1,500}))$/.exec(
      text.replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, ''),
    );
  if (match === null) return undefined;
  const [, sign, whole, decimals = '', top, bottom, over, under] = match;
  const numerator = BigInt(whole === undefined ? (top ?? over ?? '0') : whole + decimals);
  const denominator = whole === undefined ? BigInt(bottom ?? under ?? '1') : 10n ** BigInt(decimals.length);
  return denominator === 0n ? undefined : [sign === '-' ? -numerator : numerator, denominator];
}
