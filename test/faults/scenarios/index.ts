import type { Scenario } from '../suite/scenario.js';
import { killPglite } from './kill-pglite.js';
import { killScenarios } from './kill.js';

/** Every kind of fault, in the order in which they run. */
export const scenarios: readonly Scenario[] = [...killScenarios, killPglite];
