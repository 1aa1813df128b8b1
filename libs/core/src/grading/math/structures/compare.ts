import type { Work } from '../limits.js';
import { meaningOfText } from '../notation/parser.js';
import { containsKind, product, numberNode, sameTree, type Node, type NodeOf } from '../notation/node.js';
import { exactValue } from '../values/exact.js';
import { different, sameValue, type Comparison } from '../values/same.js';
import { parseUnit } from '../values/units.js';
import { isSeveral, membersOf } from './members.js';
import { isRealSet, realSetOf, sameRealSet } from './realsets.js';
import { alternativesOf, assignmentOf, sameNumeral, sameRelation } from './relations.js';
import { sameRatio } from './ratios.js';
import { wordsOf } from './texts.js';

type Rule = (a: Node, b: Node, work: Work) => Comparison | undefined;

const another: Comparison = { equal: false, reason: 'another kind of answer' };
const yes = (reason: string): Comparison => ({ equal: true, reason });
const no = (reason: string): Comparison => ({ equal: false, reason });

/**
 * Whether two answers are equal as the structures that they are. Each rule decides what it knows and leaves the rest to the
 * next; every rule treats its two sides alike.
 */
export function sameAnswer(given: Node, expected: Node, work: Work): Comparison {
  work.spend(5);
  const [a, b] = [meaningOfText(given), meaningOfText(expected)];
  if (sameTree(a, b)) return yes('the same expression');
  for (const rule of rules) {
    const decided = rule(a, b, work);
    if (decided !== undefined) return decided;
  }
  return isScalar(a) && isScalar(b) ? sameValue(a, b, work) : another;
}

const rules: Rule[] = [
  quantities,
  texts,
  congruences,
  numerals,
  ratios,
  realSets,
  assignments,
  relations,
  several,
  vectors,
  tuples,
  matrices,
];

function isScalar(node: Node): boolean {
  return !containsKind(
    node,
    'text',
    'tuple',
    'set',
    'list',
    'matrix',
    'relation',
    'sets',
    'builder',
    'congruence',
    'ratio',
    'quantity',
  );
}

function isEqual(work: Work): (a: Node, b: Node) => boolean {
  return (a, b) => sameAnswer(a, b, work).equal;
}

/** Units may be left out; when both are given they must measure the same, and are converted. */
function quantities(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'quantity' && b.kind !== 'quantity') return undefined;
  const [value, other] = [bare(a), bare(b)];
  const [unit, expected] = [a, b].map((node) =>
    node.kind === 'quantity' ? parseUnit(node.unit) : undefined,
  );
  if (unit === undefined || expected === undefined) return sameAnswer(value, other, work);
  if (unit.dimension !== expected.dimension)
    return no(`a different unit: ${a.kind === 'quantity' ? a.unit : ''}`);
  const same = sameAnswer(
    product([value, numberNode(unit.factor)]),
    product([other, numberNode(expected.factor)]),
    work,
  );
  const sameFactor =
    unit.factor.numerator === expected.factor.numerator &&
    unit.factor.denominator === expected.factor.denominator;
  if (sameFactor) return sameAnswer(value, other, work);
  return same.equal || !sameAnswer(value, other, work).equal
    ? same
    : no(`a different unit: ${a.kind === 'quantity' ? a.unit : ''}`);
}

function bare(node: Node): Node {
  return node.kind === 'quantity' ? node.parts[0] : node;
}

function texts(a: Node, b: Node): Comparison | undefined {
  if (a.kind !== 'text' && b.kind !== 'text') return undefined;
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left === undefined || right === undefined) return isSeveral(a) || isSeveral(b) ? undefined : another;
  return left === right ? yes('the same words') : no('different words');
}

function congruences(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'congruence' || b.kind !== 'congruence') return undefined;
  const [modulus, expected] = [exactValue(a.parts[1], work), exactValue(b.parts[1], work)];
  if (modulus === undefined || expected === undefined || modulus.numerator !== expected.numerator)
    return no('another modulus');
  const residues = [a.parts[0], b.parts[0]].map((said) =>
    exactValue(said.kind === 'relation' ? (said.parts.at(-1) ?? said) : said, work),
  );
  const [left, right] = residues;
  if (left?.denominator !== 1n || right?.denominator !== 1n || modulus.numerator === 0n) return another;
  return (left.numerator - right.numerator) % modulus.numerator === 0n
    ? yes('the same residue')
    : no('another residue');
}

function numerals(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'based' && b.kind !== 'based') return undefined;
  if (isSeveral(a) || isSeveral(b) || assignmentOf(a) !== undefined || assignmentOf(b) !== undefined)
    return undefined;
  return sameNumeral(a, b, work) ? yes('the same numeral') : no('another numeral or base');
}

function ratios(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'ratio' && b.kind !== 'ratio') return undefined;
  if (isSeveral(a) || isSeveral(b) || assignmentOf(a) !== undefined || assignmentOf(b) !== undefined)
    return undefined;
  return sameRatio(a, b, work) ? yes('the same ratio or time') : no('a different ratio or time');
}

function realSets(a: Node, b: Node, work: Work): Comparison | undefined {
  if (!isRealSet(a) && !isRealSet(b)) return undefined;
  const [left, right] = [realSetOf(a, work), realSetOf(b, work)];
  if (left === undefined || right === undefined) return undefined;
  if (!sameSubject(a, b)) return no('about another variable');
  return sameRealSet(left, right)
    ? yes('the same set of real numbers')
    : no('a different set of real numbers');
}

/** Inequalities in one variable each must be about the same one. */
function sameSubject(a: Node, b: Node): boolean {
  const [left, right] = [subjectOf(a), subjectOf(b)];
  return left === undefined || right === undefined || left === '?' || right === '?' || left === right;
}

function subjectOf(node: Node): string | undefined {
  const first = node.kind === 'list' ? node.parts[0] : node;
  if (first?.kind !== 'relation') return undefined;
  const subject = first.parts.find((part) => part.kind === 'symbol' || part.kind === 'apply');
  return subject?.kind === 'symbol' ? subject.name : undefined;
}

/** "x = 5" and "5" are equal, and so are the ways that one value is written in: "0.56 = 56%". */
function assignments(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'relation' && b.kind !== 'relation') return undefined;
  const [left, right] = [assignmentOf(a), assignmentOf(b)];
  if (a.kind === 'relation' && b.kind === 'relation') {
    if (left === undefined || right === undefined || !sameLabel(left.label, right.label)) return undefined;
    const values = sameAnswer(left.value, right.value, work);
    return values.equal ? values : undefined;
  }
  if (left !== undefined && b.kind !== 'list') return sameAnswer(left.value, b, work);
  if (right !== undefined && a.kind !== 'list') return sameAnswer(a, right.value, work);
  const ways = a.kind === 'relation' ? alternativesOf(a) : alternativesOf(b);
  const other = a.kind === 'relation' ? b : a;
  return ways.length > 0 && ways.some((way) => sameAnswer(way, other, work).equal)
    ? yes('one of the given forms')
    : undefined;
}

/** The same name; y and a function's value name the same. */
function sameLabel(a: Node, b: Node): boolean {
  if (sameTree(a, b)) return true;
  const isValue = (node: Node): boolean =>
    node.kind === 'apply' || (node.kind === 'symbol' && node.name === 'y');
  return (a.kind === 'apply' || b.kind === 'apply') && isValue(a) && isValue(b);
}

function relations(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'relation' || b.kind !== 'relation') return undefined;
  const ways = [alternativesOf(a), alternativesOf(b)];
  if (ways.every(({ length }) => length > 0))
    return ways[0]!.some((one) => ways[1]!.some((other) => sameAnswer(one, other, work).equal))
      ? yes('the same value')
      : different;
  if (isSeveral(a) || isSeveral(b)) return undefined;
  return sameRelation(a, b, isEqual(work), work) ? yes('the same relation') : no('a different relation');
}

/** Lists and sets: the same members in any order, each as often. */
function several(a: Node, b: Node, work: Work): Comparison | undefined {
  if (!isSeveral(a) && !isSeveral(b)) return undefined;
  const point = labelled(a, b, work) ?? labelled(b, a, work);
  if (point !== undefined) return point;
  const [left, right] = [unlabelled(distinct(a, work)), unlabelled(distinct(b, work))];
  if (left.length !== right.length) return no(`${left.length} members instead of another number of them`);
  const open = [...right];
  for (const [index, member] of left.entries()) {
    const near = open[index - (right.length - open.length)];
    const first = near !== undefined && sameAnswer(member, near, work).equal ? open.indexOf(near) : -1;
    const found = first >= 0 ? first : open.findIndex((other) => sameAnswer(member, other, work).equal);
    if (found < 0) return no('a member that does not belong');
    open.splice(found, 1);
  }
  return yes('the same members');
}

/** The members; of a set or of ± each once. */
function distinct(node: Node, work: Work): Node[] {
  const members = membersOf(node);
  if (node.kind === 'list' && !containsKind(node, 'plusminus', 'set')) return members;
  if (members.length > 64) return members;
  const kept: Node[] = [];
  for (const member of members)
    if (!kept.some((one) => sameAnswer(one, member, work).equal)) kept.push(member);
  return kept;
}

/** "x = 1, x = 2" and "x = 1, 2" as 1, 2. */
function unlabelled(members: Node[]): Node[] {
  const assigned = members.map(assignmentOf);
  const [first] = assigned;
  if (first === undefined) return members;
  const one = assigned.every((each) => each === undefined || sameTree(each.label, first.label));
  return one ? members.map((member, index) => assigned[index]?.value ?? member) : members;
}

/** "x = 1, y = 2" against the point (1, 2), or against 1, 2 in the same order. */
function labelled(named: Node, point: Node, work: Work): Comparison | undefined {
  const other = assignmentOf(point)?.value ?? point;
  if (named.kind !== 'list' || (other.kind !== 'tuple' && other.kind !== 'list')) return undefined;
  const assigned = named.parts.map(assignmentOf).filter((one) => one !== undefined);
  const names = assigned.map(({ label }) => (label.kind === 'symbol' ? label.name : ''));
  const all =
    assigned.length === named.parts.length && new Set(names).size === names.length && !names.includes('');
  if (!all || other.parts.length !== names.length || other.parts.some((part) => part.kind === 'relation'))
    return undefined;
  const order = names.map((_, index) => index);
  if (other.kind === 'tuple') order.sort((x, y) => ((names[x] ?? '') < (names[y] ?? '') ? -1 : 1));
  const values = order.map((index) => assigned[index]?.value);
  const same = values.every(
    (value, index) => value !== undefined && sameAnswer(value, other.parts[index] ?? value, work).equal,
  );
  return same ? yes('the same values') : no('different values');
}

/** A vector as a column, a row or a tuple in parentheses. */
function vectors(a: Node, b: Node, work: Work): Comparison | undefined {
  const [matrix, tuple] = a.kind === 'matrix' ? [a, b] : [b, a];
  if (matrix.kind !== 'matrix' || tuple.kind !== 'tuple') return undefined;
  const rows = tuple.parts.every((part) => part.kind === 'tuple' && part.open === '[');
  if (rows && tuple.open === '[') return sameParts(matrix, gridOf(tuple), work);
  const isVector = matrix.columns === 1 || matrix.columns === matrix.parts.length;
  if (!isVector || tuple.open + tuple.close === '(]' || tuple.open + tuple.close === '[)') return another;
  return inOrder(matrix.parts, tuple.parts, work);
}

/** [[1, 2], [3, 4]] as a matrix. */
function gridOf(tuple: NodeOf<'tuple'>): NodeOf<'matrix'> {
  const rows = tuple.parts.map((part) => (part.kind === 'tuple' ? part.parts : [part]));
  return { kind: 'matrix', fence: '(', columns: rows[0]?.length ?? 0, parts: rows.flat() };
}

function tuples(a: Node, b: Node, work: Work): Comparison | undefined {
  if (a.kind !== 'tuple' || b.kind !== 'tuple') return undefined;
  if (a.open !== b.open || a.close !== b.close) return no('different brackets');
  return inOrder(a.parts, b.parts, work);
}

function matrices(a: Node, b: Node, work: Work): Comparison | undefined {
  return a.kind === 'matrix' && b.kind === 'matrix' ? sameParts(a, b, work) : undefined;
}

function sameParts(a: NodeOf<'matrix'>, b: NodeOf<'matrix'>, work: Work): Comparison {
  if (a.columns !== b.columns || a.parts.length !== b.parts.length || a.fence !== b.fence)
    return no('another shape');
  return inOrder(a.parts, b.parts, work);
}

function inOrder(a: readonly Node[], b: readonly Node[], work: Work): Comparison {
  if (a.length !== b.length) return no('another number of parts');
  const at = a.findIndex((part, index) => !sameAnswer(part, b[index] ?? part, work).equal);
  return at < 0 ? yes('the same parts in order') : no(`part ${at + 1} differs`);
}
