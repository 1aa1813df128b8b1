import type { Scenario } from '../suite/scenario.js';
import { brokerDown, brokerKilled, commitPublish } from './broker.js';
import { pausedCoordinator, takeover } from './coordinators.js';
import { databaseRestart } from './database-restart.js';
import { diskFull } from './disk-full.js';
import { killPglite } from './kill-pglite.js';
import { killScenarios } from './kill.js';
import { providerFaults } from './provider.js';

/** Every kind of fault, in the order in which they run. The one that mostly waits is first, beside the others. */
export const scenarios: readonly Scenario[] = [
  brokerDown,
  ...killScenarios,
  killPglite,
  databaseRestart,
  pausedCoordinator,
  takeover,
  brokerKilled,
  commitPublish,
  providerFaults,
  diskFull,
];
