/** Which of two answers a judge prefers, by the label that it saw. */
export type LabelVerdict = 'A' | 'B' | 'tie';

/** Verdicts stand at the end; what is before is reasoning, and no more than this much of it is read. */
const READ = 20_000;

/**
 * Reads the verdict out of a judge's text. The asked form, [[A]], [[B]] or [[tie]] (also [[C]], a tie in the prompts of Zheng et al.
 * 2023), counts first and its last place counts. Without it plain sentences are understood: a text that is nothing but "A", "Verdict: B", "Answer A is better", "B is worse
 * than A", "It is a tie". The last sentence that decides counts. Time is linear in the text.
 *
 * @returns undefined when there is no verdict, or the last line names several at once, as an echo of the instruction does
 */
export function readVerdict(text: string): LabelVerdict | undefined {
  const lines = text
    .slice(-READ)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .toReversed();
  return inLastLine(lines, bracketed) ?? inLastLine(lines, spoken);
}

/** The verdict of the last line that has any; "several" is none. */
function inLastLine(
  lines: readonly string[],
  read: (line: string) => readonly LabelVerdict[],
): LabelVerdict | undefined {
  for (const line of lines) {
    const found = new Set(read(line));
    if (found.size > 1) return undefined;
    for (const verdict of found) return verdict;
  }
  return undefined;
}

function bracketed(line: string): LabelVerdict[] {
  return Array.from(line.matchAll(/\[\[\s{0,4}(a|b|c|tie)\s{0,4}\]\]/gi), ([, label = '']) => named(label));
}

/** A label in a sentence is a capital of its own, so that the article "a" is none; labels are told apart before case is. */
const marks = { A: '\u0001', B: '\u0002' } as const;
const LABEL = String.raw`(?:the\s)?(?:(?:answer|response|assistant|text|option|version)\s)?["'(*_[]{0,4}(?<label>[\u0001\u0002])["')*_\]]{0,4}(?!\s(?:tie|draw|bit|more|better)\b)`;
const BETTER = String.raw`(?:better|stronger|superior|preferable|preferred|the\swinner|the\sbest|best)\b`;
const WORSE = String.raw`(?:worse|weaker|inferior)\b`;
const MUCH = String.raw`(?:(?:clearly|slightly|much|far|overall|somewhat|a\sbit|a\slittle|marginally|significantly|the)\s){0,2}`;
const VERDICT = String.raw`\b(?:(?:verdict|winner|choice|decision|preference)["'*_]{0,4}\s?(?:is|:|=)|(?:better|best)(?:\sanswer)?\sis)["'*_]{0,4}\s?`;
/** Said shortly before a sentence, it decides nothing: "I do not think that A is better". */
const UNDECIDED = /\b(?:not|nor|whether|if)\b|n't\b/;

/** Sentences that decide, with what they say of the label that they name. */
const sentences: readonly (readonly [RegExp, 'named' | 'other' | 'tie'])[] = [
  [new RegExp(String.raw`${LABEL}\sis\s${MUCH}${BETTER}`, 'g'), 'named'],
  [new RegExp(String.raw`${LABEL}\sis\s${MUCH}${WORSE}`, 'g'), 'other'],
  [new RegExp(String.raw`${LABEL}\swins\b`, 'g'), 'named'],
  [new RegExp(String.raw`\bi\s(?:would\s)?(?:prefer|choose|pick)\s${LABEL}`, 'g'), 'named'],
  [new RegExp(`${VERDICT}${LABEL}`, 'g'), 'named'],
  [new RegExp(String.raw`${VERDICT}(?:(?:a\s|\u0001\s)?(?:tie|draw)|neither|both)\b`, 'g'), 'tie'],
  [/\b(?:it\sis|it's|this\sis|call\sit)\sa\s(?:tie|draw)\b/g, 'tie'],
  [/\bneither\s(?:answer\s|response\s)?is\sbetter\b/g, 'tie'],
  [/\bboth\s(?:answers\s|responses\s)?are\s(?:equally\sgood|equal|equivalent|of\sequal\squality)\b/g, 'tie'],
];

function spoken(line: string): LabelVerdict[] {
  const whole = /^["'(*_[]{0,4}(?:answer\s|response\s)?(a|b|tie)["')*_\]]{0,4}[.!]?$/i.exec(line)?.[1];
  if (whole !== undefined) return [named(whole)];
  const plain = line
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\b[AB]\b/g, (label) => marks[label as keyof typeof marks])
    .toLowerCase();
  return sentences.flatMap(([pattern, says]) =>
    [...plain.matchAll(pattern)].flatMap(({ groups, index }): LabelVerdict[] => {
      if (UNDECIDED.test(plain.slice(Math.max(0, index - 40), index))) return [];
      if (says === 'tie') return ['tie'];
      const isA = groups?.['label'] === marks.A;
      return [isA === (says === 'named') ? 'A' : 'B'];
    }),
  );
}

function named(label: string): LabelVerdict {
  const upper = label.toUpperCase();
  return upper === 'A' || upper === 'B' ? upper : 'tie';
}
