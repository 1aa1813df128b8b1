import * as fc from 'fast-check';
import { changed } from './change.js';
import type { Dice } from './dice.js';
import { algebraic, surds } from './expressions.js';
import { render } from './render.js';
import { rewritten } from './rewrite.js';
import { clearlyDiffer, minus, sum, type Tree, valuesOf } from './tree.js';

/** An answer that is made of several expressions. */
export type Answer =
  | { shape: 'tuple' | 'set' | 'list'; items: Tree[] }
  | { shape: 'interval'; from: Tree; to: Tree; closed: [boolean, boolean] }
  | { shape: 'matrix'; rows: Tree[][] }
  | { shape: 'plus-minus'; middle: Tree; offset: Tree }
  | { shape: 'equation' | 'inequality'; of: Tree; sign: string }
  | { shape: 'base'; digits: string; base: number }
  | { shape: 'ratio'; parts: number[] };

const items = fc.array(surds, { minLength: 2, maxLength: 4 }).filter(allDiffer);

const mirrored: Readonly<Record<string, string>> = {
  '=': '=',
  '<': '>',
  '>': '<',
  '\\le': '\\ge',
  '\\ge': '\\le',
};

export const answers: fc.Arbitrary<Answer> = fc.oneof(
  fc.record({ shape: fc.constantFrom('tuple' as const, 'set' as const, 'list' as const), items }),
  fc
    .record({ from: surds, to: surds, closed: fc.tuple(fc.boolean(), fc.boolean()) })
    .filter(({ from, to }) => (valuesOf(from)[0] ?? 0) < (valuesOf(to)[0] ?? 0) && clearlyDiffer(from, to))
    .map((interval) => ({ shape: 'interval' as const, ...interval })),
  fc
    .array(surds, { minLength: 4, maxLength: 4 })
    .filter(allDiffer)
    .map(([a, b, c, d]) => ({ shape: 'matrix' as const, rows: [[a, b] as Tree[], [c, d] as Tree[]] })),
  fc.record({ shape: fc.constant('plus-minus' as const), middle: surds, offset: surds }),
  fc.record({ shape: fc.constant('equation' as const), of: algebraic, sign: fc.constant('=') }),
  fc.record({
    shape: fc.constant('inequality' as const),
    of: surds,
    sign: fc.constantFrom('<', '>', '\\le', '\\ge'),
  }),
  fc
    .record({ value: fc.integer({ min: 10, max: 5000 }), base: fc.integer({ min: 2, max: 9 }) })
    .map(({ value, base }) => ({ shape: 'base' as const, digits: value.toString(base), base })),
  fc
    .array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 3 })
    .filter((parts) => new Set(parts).size === parts.length)
    .map((parts) => ({ shape: 'ratio' as const, parts })),
);

/** Writes an answer in a notation that the dice choose. */
export function write(answer: Answer, dice: Dice): string {
  const comma = dice.of([',', ', ', ',\\ ']);
  const joined = (trees: Tree[]) =>
    listed(
      trees.map((tree) => render(tree, dice)),
      comma,
    );
  const [left, right] = dice.one(3) ? ['\\left', '\\right'] : ['', ''];
  switch (answer.shape) {
    case 'tuple':
      return `${left}(${joined(answer.items)}${right})`;
    case 'set':
      return `${left}\\{${joined(dice.shuffled(answer.items))}${right}\\}`;
    case 'list':
      return joined(dice.shuffled(answer.items));
    case 'interval': {
      const [first, last] = answer.closed;
      const text = `${left}${first ? '[' : '('}${joined([answer.from, answer.to])}${right}${last ? ']' : ')'}`;
      return dice.one(4) ? `x \\in ${text}` : text;
    }
    case 'matrix': {
      const name = dice.of(['pmatrix', 'bmatrix']);
      const rows = answer.rows.map((row) =>
        row.map((tree) => render(tree, dice)).join(dice.of(['&', ' & '])),
      );
      return `\\begin{${name}} ${rows.join(dice.of(['\\\\', ' \\\\ ']))} \\end{${name}}`;
    }
    case 'plus-minus':
      return writePlusMinus(answer, dice, comma);
    case 'equation':
    case 'inequality': {
      const variable = answer.shape === 'equation' ? 'z' : 'x';
      const side = render(answer.of, dice);
      return dice.one(3)
        ? `${side} ${mirrored[answer.sign]} ${variable}`
        : `${variable} ${answer.sign} ${side}`;
    }
    case 'base':
      return `${answer.digits}_${dice.of([String(answer.base), `{${answer.base}}`])}`;
    case 'ratio':
      return answer.parts.join(dice.of([':', ' : ']));
  }
}

/** A comma before three digits could be a thousands separator: there a space follows. */
function listed(items: string[], comma: string): string {
  return items.reduce((left, right) => `${left}${/^\d{3}/.test(right) ? ', ' : comma}${right}`);
}

function writePlusMinus(
  { middle, offset }: { middle: Tree; offset: Tree },
  dice: Dice,
  comma: string,
): string {
  const both = [false, true].map((negative) =>
    render(sum({ negative: false, tree: middle }, { negative, tree: offset }), dice),
  );
  if (dice.one(2)) return listed(dice.shuffled(both), comma);
  return `${render(middle, dice)} \\pm ${parenthesised(offset, dice)}`;
}

const parenthesised = (tree: Tree, dice: Dice): string =>
  tree.kind === 'sum' ? `(${render(tree, dice)})` : render(tree, dice);

/** The same answer with one of its expressions rewritten, value kept. */
export function rewrittenAnswer(answer: Answer, dice: Dice): Answer {
  switch (answer.shape) {
    case 'tuple':
    case 'set':
    case 'list':
      return { ...answer, items: answer.items.map((tree) => rewritten(tree, dice)) };
    case 'interval':
      return { ...answer, from: rewritten(answer.from, dice), to: rewritten(answer.to, dice) };
    case 'matrix':
      return { ...answer, rows: answer.rows.map((row) => row.map((tree) => rewritten(tree, dice))) };
    case 'plus-minus':
      return { ...answer, middle: rewritten(answer.middle, dice), offset: rewritten(answer.offset, dice) };
    case 'equation':
    case 'inequality':
      return { ...answer, of: rewritten(answer.of, dice) };
    case 'base':
    case 'ratio':
      return answer;
  }
}

/** Other answers of the same shape that are certainly not equal, each with the name of the change. */
export function otherAnswers(answer: Answer, dice: Dice): { change: string; answer: Answer }[] {
  switch (answer.shape) {
    case 'tuple':
    case 'set':
    case 'list':
      return ofItems(answer, dice);
    case 'interval': {
      const [first, last] = answer.closed;
      return [
        { change: 'left bracket', answer: { ...answer, closed: [!first, last] } },
        { change: 'right bracket', answer: { ...answer, closed: [first, !last] } },
        ...one(changed(answer.from, dice), (from) => ({ change: 'end', answer: { ...answer, from } })),
        ...one(changed(answer.to, dice), (to) => ({ change: 'end', answer: { ...answer, to } })),
      ];
    }
    case 'matrix': {
      const [[a, b], [c, d]] = answer.rows as [[Tree, Tree], [Tree, Tree]];
      const of = (change: string, rows: Tree[][]) => ({ change, answer: { ...answer, rows } });
      return [
        of('transposed', [
          [a, c],
          [b, d],
        ]),
        of('rows swapped', [
          [c, d],
          [a, b],
        ]),
        of('row dropped', [[a, b]]),
        of('sign flipped', [
          [a, minus(b)],
          [c, d],
        ]),
      ];
    }
    case 'plus-minus': {
      const single: Answer = {
        shape: 'list',
        items: [
          sum({ negative: false, tree: answer.middle }, { negative: dice.one(2), tree: answer.offset }),
        ],
      };
      return [
        { change: 'one sign only', answer: single },
        ...one(changed(answer.middle, dice), (middle) => ({
          change: 'middle',
          answer: { ...answer, middle },
        })),
      ];
    }
    case 'equation':
      return one(changed(answer.of, dice), (of) => ({ change: 'side', answer: { ...answer, of } }));
    case 'inequality': {
      const signs = Object.keys(mirrored).filter((sign) => sign !== answer.sign && sign !== '=');
      return [
        { change: 'sign of comparison', answer: { ...answer, sign: dice.of(signs) } },
        ...one(changed(answer.of, dice), (of) => ({ change: 'bound', answer: { ...answer, of } })),
      ];
    }
    case 'base':
      return [
        { change: 'base', answer: { ...answer, base: answer.base + 1 } },
        { change: 'digit', answer: { ...answer, digits: `${answer.digits}1` } },
      ];
    case 'ratio':
      return [
        { change: 'turned round', answer: { ...answer, parts: answer.parts.toReversed() } },
        { change: 'part', answer: { ...answer, parts: answer.parts.with(0, (answer.parts[0] ?? 0) + 31) } },
      ];
  }
}

function ofItems(
  answer: Answer & { shape: 'tuple' | 'set' | 'list' },
  dice: Dice,
): { change: string; answer: Answer }[] {
  const { items } = answer;
  const of = (change: string, to: Tree[]) => ({ change, answer: { ...answer, items: to } });
  const at = dice.below(items.length);
  const flipped = items.map((tree, index) => (index === at ? minus(tree) : tree));
  const changes = [of('element dropped', items.toSpliced(at, 1)), of('sign flipped', flipped)];
  changes.push(of('element added', [...items, { kind: 'integer', value: 123_457 }]));
  changes.push(
    ...one(changed(items[at] as Tree, dice), (to) => of('element changed', items.with(at, to))).filter(
      ({ answer: { items: all } }) => allDiffer(all),
    ),
  );
  if (answer.shape === 'tuple') changes.push(of('pair swapped', items.toReversed()));
  return changes;
}

const one = <T, R>(value: T | undefined, make: (value: T) => R): R[] =>
  value === undefined ? [] : [make(value)];

function allDiffer(trees: Tree[]): boolean {
  return trees.every((tree, index) => trees.slice(index + 1).every((other) => clearlyDiffer(tree, other)));
}
