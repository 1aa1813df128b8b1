const units = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const anyTens = tens.slice(2).join('|');
const anyUnit = units.slice(1, 10).join('|');
// Neighbours that make the words part of a larger number: "twenty-one" is no "one", "one hundred" no "one" either.
const before = String.raw`(?<![\p{L}\p{N}])(?<!\b(?:${anyTens})[-\s])(?<!\bhundred\s(?:and\s)?)(?<!\bthousand\s(?:and\s)?)`;
const after = String.raw`(?![\p{L}\p{N}])(?![-\s](?:and\s)?(?:hundred|thousand|million)\b)`;
// "no one", "this one", "one of", "one by one" name no number.
const pronounBefore = String.raw`(?<!\b(?:no|any|some|every|each|this|that|which|another)[-\s])(?<!\bone\sby\s)`;
const pronounAfter = String.raw`(?!\s(?:of|by|another)\b)`;

/** A pattern for a whole number from 0 to 999 in English words; undefined for any other number. */
export function spelledNumber(digits: string): RegExp | undefined {
  const value = Number(digits.replaceAll(/[$€£¥₹,+%\s−-]/gu, ''));
  if (!Number.isInteger(value) || value < 0 || value > 999) return undefined;
  const tail = value >= 20 && value < 100 && value % 10 === 0 ? `(?![-\\s](?:${anyUnit})\\b)` : '';
  const hundredTail =
    value >= 100 && value % 100 === 0
      ? `(?!\\s(?:and\\s)?(?:${[...units.slice(1), ...tens.slice(2)].join('|')})\\b)`
      : '';
  const pronoun = value === 1 ? [pronounBefore, pronounAfter] : ['', ''];
  return new RegExp(`${before}${pronoun[0]}${words(value)}${pronoun[1]}${after}${tail}${hundredTail}`, 'giu');
}

function words(value: number): string {
  if (value < 20) return units[value] ?? '';
  if (value < 100) {
    const rest = value % 10;
    return `${tens[Math.floor(value / 10)]}${rest === 0 ? '' : String.raw`[-\s]${units[rest]}`}`;
  }
  const rest = value % 100;
  const hundreds = Math.floor(value / 100);
  return `${hundreds === 1 ? '(?:one|a)' : units[hundreds]}[-\\s]hundred${rest === 0 ? '' : String.raw`\s(?:and\s)?${words(rest)}`}`;
}

const word = `(?:${[...units, ...tens.slice(2)].join('|')})`;
const phrase = new RegExp(
  String.raw`(?<!\p{L})(?:an?\s(?=hundred|thousand))?(?:${word}|hundred|thousand|million)(?:(?:[-\s]|\sand\s)(?:${word}|hundred|thousand|million))*(?!\p{L})`,
  'giu',
);

/** The last number in English words; undefined when there is none, or when another one is joined to it ("five or six"). */
export function lastSpelled(text: string): { index: number; length: number } | undefined {
  const [before, last] = [undefined, undefined, ...text.matchAll(phrase)].slice(-2);
  if (last === undefined) return undefined;
  const joined =
    before !== undefined &&
    /^\W*(?:or|to|and)\W*$/i.test(text.slice(before.index + before[0].length, last.index));
  return joined ? undefined : { index: last.index, length: last[0].length };
}
