import type { Scenario } from '../suite/scenario.js';
import { pausedCoordinator, takeover } from './coordinators.js';
import { killPglite } from './kill-pglite.js';
import { killScenarios } from './kill.js';

/** Every kind of fault, in the order in which they run. */
export const scenarios: readonly Scenario[] = [...killScenarios, killPglite, pausedCoordinator, takeover];
