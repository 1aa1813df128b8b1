import type { Hostile } from './hostile.js';
import { magnitudes } from './magnitudes.js';
import { nesting } from './nesting.js';
import { invisible, long, soup } from './texts.js';

/** @param count how many random strings */
export function hostileInputs(count: number): Hostile[] {
  return [...nesting(), ...magnitudes(), ...long(), ...invisible(), ...soup(count)];
}
