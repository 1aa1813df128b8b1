import type { Hostile } from './hostile.js';
import { magnitudes } from './magnitudes.js';
import { nesting } from './nesting.js';
import { invisible, long, runs, soup } from './texts.js';

/**
 * @param count how many random strings
 * @param longest characters of the longest texts
 */
export function hostileInputs(count: number, longest: number): Hostile[] {
  return [...nesting(), ...magnitudes(), ...long(longest), ...runs(), ...invisible(), ...soup(count)];
}
