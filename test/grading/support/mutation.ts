/** What changes the value of a LaTeX answer; undefined where it does not apply or might keep the value. */
const mutations: Record<string, (answer: string) => string | undefined> = {
  'last digit': (text) =>
    text.replace(/(\d)(\D*)$/, (_, digit: string, rest: string) => `${next(digit)}${rest}`),
  'first digit': (text) => text.replace(/\d/, next),
  'sign in front': (text) => (isExpression(text) ? turned(text) : undefined),
  'sign in the middle': (text) =>
    /[\da-z})]\s*[+-]\s*[\da-z\\]/.test(text) && isExpression(text)
      ? text.replace(
          /([\da-z})]\s*)([+-])(\s*[\da-z\\])/,
          (_, a: string, sign: string, b: string) => a + other(sign) + b,
        )
      : undefined,
  tenfold: (text) => (/^-?[1-9]\d*$/.test(text) ? `${text}0` : undefined),
  'a tenth': (text) => (/^-?[1-9]\d+$/.test(text) ? text.replace(/(\d)$/, '.$1') : undefined),
  'upside down': (text) => {
    const [, sign, over, under] = /^(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}$/.exec(text) ?? [];
    return over === under ? undefined : `${sign}\\frac{${under}}{${over}}`;
  },
  rounded: (text) => {
    const [, sign, over, under] = /^(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}$/.exec(text) ?? [];
    const value = Number(over) / Number(under);
    return Number.isInteger(value * 1000) || over === undefined ? undefined : `${sign}${value.toFixed(3)}`;
  },
  'pair turned round': (text) => {
    const [, first, second] = /^\\?(?:left)?\s*\(([^(),]+),([^(),]+?)(?:\\right)?\)$/.exec(text) ?? [];
    return first === undefined || second === undefined || first.trim() === second.trim()
      ? undefined
      : `(${second.trim()},${first.trim()})`;
  },
  'element dropped': (text) =>
    /^[^a-z]*,[^a-z]*$/.test(text) && !/\d,(?:\\!)?\d{3}/.test(text)
      ? text.replace(/,[^,)}\]\\]+/, '')
      : undefined,
  'element added': (text) => (isList(text) ? `${text}, 7919` : undefined),
  bracket: (text) =>
    /^\(.*\]$|^\[.*[)\]]$/.test(text)
      ? text.startsWith('[')
        ? `(${text.slice(1)}`
        : `${text.slice(0, -1)})`
      : undefined,
  'another base': (text) => text.replace(/_\{?(\d+)\}?$/, (_, base: string) => `_{${Number(base) + 1}}`),
  'plus-minus': (text) => (/^[1-9]\d*$/.test(text) ? `\\pm ${text}` : undefined),
  'only one sign': (text) => (text.includes('\\pm') ? text.replace('\\pm', '+') : undefined),
  radicand: (text) => text.replace(/\\sqrt\{(\d+)\}/, (_, of: string) => `\\sqrt{${Number(of) + 1}}`),
  'without the root': (text) =>
    /^[^,]*\\sqrt\{(?!1\})\d+\}[^,]*$/.test(text) ? text.replace(/\\sqrt(?=\{)/, '') : undefined,
  'without pi': (text) => (/\\pi/.test(text) ? text.replace(/\\pi/, '3.14') : undefined),
  'two answers': (text) => (/^-?\d+$/.test(text) ? `${text} \\text{ or } ${Number(text) + 1}` : undefined),
};

export const mutationNames = Object.keys(mutations);

/** An answer of another value; undefined where this mutation does not apply. */
export function mutated(answer: string, name: string): string | undefined {
  const other = mutations[name]?.(answer);
  return other === answer ? undefined : other;
}

const next = (digit: string): string => String((Number(digit) + 1) % 10);
const other = (sign: string): string => (sign === '+' ? '-' : '+');
const turned = (text: string): string => (text.trim().startsWith('-') ? text.trim().slice(1) : `-${text}`);

/** One number or expression that is not zero. */
const isExpression = (text: string): boolean =>
  !/[,=<>:&]|\\(?:le|ge|cup|in|pm|begin|infty|text|mbox|\{)/.test(text) &&
  /[1-9a-z]/.test(text) &&
  !/^[a-zA-Z]$|^\s*-?0\s*$/.test(text);

const isList = (text: string): boolean => /^-?\d+(?:,\s*-?\d+)+$/.test(text) && !/\d,\d{3}(?!\d)/.test(text);
