/** What changes the looks of a LaTeX answer and never its value; undefined where it has nothing to change. */
const renotations: Record<string, (answer: string) => string | undefined> = {
  'dfrac for frac': (text) => ifOther(text, text.replaceAll(/\\t?frac/g, '\\dfrac')),
  'braces for frac': (text) =>
    ifOther(text, text.replaceAll(/\\([dt]?)frac\s*(\d)\s*(\d)/g, '\\$1frac{$2}{$3}')),
  'no left and right': (text) =>
    /\\left\.|\\right\./.test(text)
      ? undefined
      : ifOther(text, text.replaceAll(/\\(?:left|right)\s*(?=[()[\]|\\])/g, '')),
  'no spaces': (text) =>
    /text|mbox|\\ |[a-zA-Z] [a-zA-Z]|\d \\?\d|\d \\[dt]?frac/.test(text)
      ? undefined
      : ifOther(text, text.replaceAll(' ', '')),
  dollars: (text) => (text.includes('$') ? undefined : `$${text}$`),
  parentheses: (text) => `\\(${text}\\)`,
  'final point': (text) => `${text}.`,
  'white space around': (text) => ` ${text}\n`,
  displaystyle: (text) => `\\displaystyle ${text}`,
  'box around': (text) => `\\boxed{${text}}`,
  'no thousands separators': (text) => ifOther(text, text.replaceAll(/(?<=\d),\\!\s*(?=\d{3})/g, '')),
  'plain thousands separators': (text) => ifOther(text, text.replaceAll(/(?<=\d),\\!\s*(?=\d{3})/g, ',')),
  'typographic minus': (text) => ifOther(text, text.replaceAll('-', '−')),
  'slash for frac': (text) =>
    /^(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}$/
      .exec(text)
      ?.slice(1)
      .join('/')
      .replace(/^(-?)\//, '$1'),
  'twice over': (text) => doubled(text),
  'decimal fraction': (text) => decimal(text),
  'name in front': (text) =>
    /^-?[\d\\]/.test(text) && !/[,=<>:]|le|ge|text|mbox|begin/.test(text) ? `k = ${text}` : undefined,
  'one decimal': (text) => (/^-?\d+$/.test(text) ? `${text}.0` : undefined),
  'exponent braces': (text) => ifOther(text, text.replaceAll(/\^(\d)(?!\d)/g, '^{$1}')),
  'root braces': (text) => ifOther(text, text.replaceAll(/\\sqrt\s*(\d)(?!\d)/g, '\\sqrt{$1}')),
  'dot for juxtaposition': (text) =>
    ifOther(text, text.replaceAll(/(?<=\d)\s*(?=\\(?:sqrt|pi)\b)/g, '\\cdot ')),
  'mbox for text': (text) => ifOther(text, text.replaceAll('\\text', '\\mbox')),
  'no units': (text) =>
    /^(.*\d)(?:\\,)?\s*\\text\s?\{\s*(?:degrees|units|square units|cm|inches|feet|cents|miles|pounds|students|dollars|minutes|hours|seconds|meters)\.?\}$/.exec(
      text,
    )?.[1],
  'no degrees': (text) => /^(-?\d+)\s*\^\s*\{?\s*\\circ\s*\}?$/.exec(text)?.[1],
  bmatrix: (text) => ifOther(text, text.replaceAll('pmatrix', 'bmatrix')),
};

/** The names of what can be done with some answer. */
export const renotationNames = Object.keys(renotations);

/** The answer in another notation of the same value; undefined where this one does not apply. */
export function renotated(answer: string, name: string): string | undefined {
  return renotations[name]?.(answer);
}

function ifOther(text: string, other: string): string | undefined {
  return other === text ? undefined : other;
}

function doubled(text: string): string | undefined {
  const match = /^(-?)\\[dt]?frac\{(\d{1,9})\}\{(\d{1,9})\}$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', over, under] = match;
  return `${sign}\\frac{${2 * Number(over)}}{${2 * Number(under)}}`;
}

/** Exact or not at all. */
function decimal(text: string): string | undefined {
  const match = /^(-?)\\[dt]?frac\{(\d{1,6})\}\{(\d{1,4})\}$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', over, under] = match;
  const scaled = (Number(over) * 10_000) / Number(under);
  return Number.isInteger(scaled) ? `${sign}${scaled / 10_000}` : undefined;
}
