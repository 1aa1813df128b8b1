import { setTimeout as delay } from 'node:timers/promises';
import { freePort, postgresSkipped } from '@trprompt/testing';
import { processCost } from '../../support/process-cost.js';
import { startFaultMesh } from '../suite/fault-mesh.js';
import { Gates } from '../suite/gates.js';
import { Inspector } from '../suite/inspector.js';
import { freshDatabase, postgres } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import type { Scope } from '../suite/scope.js';
import { slopeOf } from '../suite/slope.js';
import { task } from '../suite/task.js';

const ITERATIONS = 1000;
/** Most that a run may have. */
const ITERATIONS_OF_A_RUN = 100;
/** Runs at a time: the loop mostly waits for its group commits. */
const PARALLEL = 5;
/** A measurement every so many iterations. */
const EVERY = 10;
/** Left out: compiled code and caches fill up first. */
const WARM_UP = 200;
/**
 * Growth that is no leak, KiB an iteration. Snapshots of the heap 600 iterations apart differed by 0.3 KiB an iteration in V8's inline caches
 * (FeedbackVector, LoadHandler, AllocationSite), which end when all paths are warm, and by nothing of ours. At 1 KiB a run of the most iterations
 * that can be configured would hold a tenth of a MiB more.
 */
const TOLERATED_KIB = 1;

const config = {
  name: 'endless',
  data: { source: 'inline' },
  iterations: ITERATIONS_OF_A_RUN,
  rollout: { questions: 2, concurrency: 2 },
  critic: { mode: 'verifier' },
  train: { enabled: false },
  search: { steps: 1, validationQuestions: 1, initialReward: 'The prompt was not helpful.' },
  evaluate: { baselines: [], testQuestions: 1 },
};

/** A thousand iterations of a scripted loop in one coordinator. */
export const memory: Scenario = {
  name: 'memory',
  about: `the coordinator's memory over ${ITERATIONS} iterations: the slope with its 95 % interval`,
  skipped: () =>
    process.platform === 'linux'
      ? postgresSkipped()
      : 'resident memory is read from /proc, which only Linux has',
  run: async (context) => {
    await context.point(`${ITERATIONS} iterations`, (scope) => measure(context, scope));
  },
};

async function measure(context: ScenarioContext, scope: Scope): Promise<void> {
  const server = await postgres(scope);
  const databaseUrl = await freshDatabase(server);
  const port = await freePort();
  const { mesh } = await startFaultMesh(scope, {
    databaseUrl,
    latencyMs: 0,
    services: ['prompt-model', 'target-llm', 'reward-critic', 'textgrad'],
    env: { coordinator: { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` } },
  });
  const pid = mesh.processes.get('coordinator')?.pid ?? 0;
  const gates = await Gates.connect(scope, databaseUrl);
  const inspector = await Inspector.connect(port);
  scope.defer(() => inspector.close());

  const heap: { x: number; y: number }[] = [];
  const resident: { x: number; y: number }[] = [];
  const runs = ITERATIONS / ITERATIONS_OF_A_RUN;
  let started = 0;
  for (let done = 0; done < ITERATIONS; await delay(20)) {
    const [row] = await gates.query<{ done: string; ended: string; failed: string }>(
      `SELECT (SELECT count(*) FROM steps WHERE phase = 'evaluate_search') AS done,
              (SELECT count(*) FROM runs WHERE ended_at IS NOT NULL) AS ended,
              (SELECT string_agg(reason, '; ') FROM runs WHERE state = 'failed') AS failed`,
    );
    if (row?.failed) throw new Error(`a run failed: ${row.failed}`);
    done = Number(row?.done);
    while (started < runs && started - Number(row?.ended) < PARALLEL) {
      await mesh.coordinator.createRun({
        requestId: `run-${started}`,
        config: JSON.stringify({ ...config, seed: started }),
        examples: task.examples.filter(({ split }, index) => split === 'train' || index < 5),
      });
      started += 1;
    }
    if (done < (heap.at(-1)?.x ?? 0) + EVERY) continue;
    heap.push({ x: done, y: (await inspector.heapBytes()) / 1024 });
    resident.push({ x: done, y: (await processCost(pid)).residentMiB * 1024 });
    if (heap.length % 10 === 0)
      context.say(`${done} iterations, heap ${Math.round(heap.at(-1)?.y ?? 0)} KiB`);
  }
  const after = ({ x }: { x: number }): boolean => x >= WARM_UP;
  const { slope, low, high } = slopeOf(heap.filter(after));
  const ofResident = slopeOf(resident.filter(after));
  const text = (value: number): string => value.toFixed(3);
  context.note(
    `data on the heap after garbage collection: ${text(slope)} KiB an iteration (95 %: ${text(low)} to ${text(high)}), at most ${TOLERATED_KIB}; ` +
      `resident: ${text(ofResident.slope)} (${text(ofResident.low)} to ${text(ofResident.high)}); ${heap.length} measurements, the first ${WARM_UP} iterations left out`,
  );
  if (low > 0 && high > TOLERATED_KIB)
    throw new Error(
      `the heap grows by ${text(low)} to ${text(high)} KiB an iteration; ${TOLERATED_KIB} are tolerated`,
    );
}
