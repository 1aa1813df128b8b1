import type { RunConfig } from '../../config/schema.js';
import type { Example } from '../example.js';

type StrataBy = RunConfig['rollout']['sampling']['strata'];

/** More calculation steps than this are one stratum: longer solutions are rare. */
const mostSteps = 8;
const lengthBins = 4;

const fields = {
  level: ({ level }: Example) => (level === undefined ? undefined : `level ${level}`),
  subject: ({ subject }: Example) => subject,
  steps: ({ steps }: Example) => {
    if (steps === undefined) return undefined;
    if (steps >= mostSteps) return `${mostSteps} or more steps`;
    return steps === 1 ? '1 step' : `${steps} steps`;
  },
} as const;

/**
 * Divides questions into strata, in the order in which they first occur. Those that lack the field make the stratum "unknown".
 *
 * @param by `auto`: the first of level, subject and steps that at least half of the questions have, with two values or more; otherwise quarters by the
 *   length of question and answer together
 */
export function strataOf<E extends Example>(examples: readonly E[], by: StrataBy): Map<string, E[]> {
  const field = by === 'auto' ? knownField(examples) : by;
  if (field === 'length') return quarters(examples);
  return Map.groupBy(examples, (example) => fields[field](example) ?? 'unknown');
}

function knownField(examples: readonly Example[]): Exclude<StrataBy, 'auto'> {
  for (const name of ['level', 'subject', 'steps'] as const) {
    const values = examples.map(fields[name]).filter((value) => value !== undefined);
    if (values.length * 2 >= examples.length && new Set(values).size > 1) return name;
  }
  return 'length';
}

function quarters<E extends Example>(examples: readonly E[]): Map<string, E[]> {
  const length = ({ question, answer }: Example): number => question.length + answer.length;
  const sorted = examples.toSorted((a, b) => length(a) - length(b) || (a.id < b.id ? -1 : 1));
  const strata = new Map<string, E[]>();
  for (let bin = 0; bin < lengthBins; bin++) {
    const from = Math.floor((bin * sorted.length) / lengthBins);
    const members = sorted.slice(from, Math.floor(((bin + 1) * sorted.length) / lengthBins));
    if (members.length > 0) strata.set(`length quarter ${bin + 1}`, members);
  }
  return strata;
}

/**
 * Divides `count` draws over strata in proportion to their sizes by largest remainder (Hamilton's method); of equal remainders the earlier stratum has
 * it. When there are at least as many draws as strata, every stratum gets one: what the smallest lack is taken from those that got most beyond their
 * quota.
 *
 * @param sizes of the strata, each at least 1
 * @param count 0 to the sum of the sizes
 * @returns draws of each stratum, at most its size, adding up to `count`
 */
export function apportion(sizes: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return [];
  const quotas = sizes.map((size) => (count * size) / total);
  const seats = quotas.map(Math.floor);
  const order = quotas.map((quota, i) => ({ i, rest: quota - Math.floor(quota) }));
  const left = count - seats.reduce((sum, seat) => sum + seat, 0);
  for (const { i } of order.toSorted((a, b) => b.rest - a.rest || a.i - b.i).slice(0, left)) add(seats, i, 1);
  if (count < sizes.length) return seats;
  for (let empty = seats.indexOf(0); empty >= 0; empty = seats.indexOf(0)) {
    let giver = -1;
    let most = -Infinity;
    for (const [i, seat] of seats.entries()) {
      const surplus = seat - (quotas[i] ?? 0);
      if (seat > 1 && surplus > most) [giver, most] = [i, surplus];
    }
    add(seats, giver, -1);
    add(seats, empty, 1);
  }
  return seats;
}

function add(seats: number[], index: number, change: number): void {
  seats[index] = (seats[index] ?? 0) + change;
}
