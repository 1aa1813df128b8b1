import { describe, expect, it } from 'vitest';
import { differences } from './outcome.js';

describe('differences between outcomes', () => {
  const outcome = { state: 'SUCCEEDED', report: { counters: { redactions: 2 } }, events: ['a', 'b', 'b'] };

  it('are none between equal ones', () => {
    expect(differences(outcome, structuredClone(outcome))).toEqual([]);
  });

  it('name the path and both values', () => {
    const other = { ...outcome, report: { counters: { redactions: 3, extra: 1 } } };
    expect(differences(outcome, other)).toEqual([
      'report.counters.redactions is 3, not 2',
      'report.counters.extra is 1, not absent',
    ]);
  });

  it('tell what is missing and what is too much in a list of texts, repetitions included', () => {
    expect(differences(outcome, { ...outcome, events: ['b', 'a', 'c'] })).toEqual([
      'events lacks "b"',
      'events has "c" too much',
    ]);
  });

  it('stop at the limit', () => {
    expect(differences(['a', 'b', 'c'], [], 2)).toHaveLength(2);
  });
});
