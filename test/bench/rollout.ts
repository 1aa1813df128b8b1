import { fileURLToPath } from 'node:url';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { startMesh, type Mesh } from '../support/mesh.js';
import { processCost, type ProcessCost } from '../support/process-cost.js';
import { startListening } from '../support/process.js';

/** One figure of a benchmark; it is good when `ratio` is at most `target`. */
export interface BenchResult {
  name: string;
  ratio: number;
  target: number;
  details: Record<string, number>;
}

const QUESTIONS = 800;
const CALLS_PER_QUESTION = 3;
const CONCURRENCY = 64;
/** Processor time of all our processes together that one call may cost, milliseconds. */
const CPU_TARGET_MS = 2.5;
const CASES = [
  { latencyMs: 200, target: 1.15 },
  { latencyMs: 50, target: 2 },
];

const stubScript = fileURLToPath(new URL('../support/stub-openai-main.js', import.meta.url));

/**
 * A rollout of 800 questions (prompt, answer and critique each: 2,400 calls) with 64 in flight, through the real services as processes, against an
 * endpoint of fixed latency that is a process of its own. Wall time is given over the ideal (calls x latency / concurrency), processor time as all
 * our processes together for one call, the endpoint's left out.
 */
export async function benchRollout(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const { latencyMs, target } of CASES) {
    const stub = await startListening(stubScript, ['--latency', String(latencyMs)]);
    try {
      const mesh = await startMesh({
        baseUrl: stub.announced['baseUrl'] ?? '',
        services: ['prompt-model', 'target-llm', 'reward-critic'],
      });
      try {
        results.push(...(await measure(mesh, latencyMs, target)));
      } finally {
        await mesh.stop();
      }
    } finally {
      await stub.stop();
    }
  }
  return results;
}

async function measure(mesh: Mesh, latencyMs: number, target: number): Promise<BenchResult[]> {
  const calls = QUESTIONS * CALLS_PER_QUESTION;
  const rollout = await rolloutOf(mesh);
  const cpu = (name: string): number =>
    (rollout.after.get(name)?.cpuMs ?? 0) - (rollout.before.get(name)?.cpuMs ?? 0);
  const names = [...rollout.after.keys()];
  const cpuMs = names.reduce((sum, name) => sum + cpu(name), 0);
  const idealMs = (calls * latencyMs) / CONCURRENCY;
  const memory = (costs: Map<string, ProcessCost>, when: string): [string, number][] =>
    names.map((name) => [`${name} MiB ${when}`, Math.round(costs.get(name)?.residentMiB ?? 0)]);
  return [
    {
      name: `rollout wall time over ideal, ${latencyMs} ms latency`,
      ratio: rollout.wallMs / idealMs,
      target,
      details: { wallMs: rollout.wallMs, idealMs, calls, concurrency: CONCURRENCY },
    },
    {
      name: `rollout processor time a call over ${CPU_TARGET_MS} ms, ${latencyMs} ms latency`,
      ratio: cpuMs / calls / CPU_TARGET_MS,
      target: 1,
      details: {
        msPerCall: cpuMs / calls,
        ...Object.fromEntries(names.map((name) => [`${name} ms per call`, cpu(name) / calls])),
        ...Object.fromEntries([...memory(rollout.before, 'before'), ...memory(rollout.after, 'after')]),
      },
    },
  ];
}

interface MeasuredRollout {
  wallMs: number;
  before: Map<string, ProcessCost>;
  after: Map<string, ProcessCost>;
}

async function rolloutOf(mesh: Mesh): Promise<MeasuredRollout> {
  const config = {
    name: 'bench',
    iterations: 1,
    data: { generated: { count: QUESTIONS + 2 }, split: { train: QUESTIONS, validation: 1, test: 1 } },
    rollout: { questions: QUESTIONS, concurrency: CONCURRENCY },
    critic: { mode: 'llm' },
    train: { enabled: false },
    search: { enabled: false },
    evaluate: { baselines: [] },
  };
  const { run } = await mesh.coordinator.createRun({
    requestId: '',
    config: JSON.stringify(config),
    examples: [],
  });
  let started: { time: number; costs: Map<string, ProcessCost> } | undefined;
  const watching = mesh.coordinator.watchRun(
    { runId: run?.runId ?? '', afterSequence: 0 },
    { deadlineMs: 300_000 },
  );
  for await (const { update } of watching) {
    if (update?.$case !== 'event') continue;
    const { payload } = update.value;
    if (payload?.$case === 'phaseStarted' && payload.value.phase === 'rollout')
      started = { time: timeOf(update.value), costs: await costsOf(mesh) };
    if (payload?.$case === 'phaseCompleted' && payload.value.phase === 'rollout' && started) {
      const after = await costsOf(mesh);
      return { wallMs: timeOf(update.value) - started.time, before: started.costs, after };
    }
    if (payload?.$case === 'runEnded') throw new Error(`the run ended early: ${payload.value.reason}`);
  }
  throw new Error('the run ended without a rollout');
}

/** The time at which the event was committed, milliseconds. */
function timeOf({ time }: RunEvent): number {
  return Date.parse(time ?? '');
}

async function costsOf(mesh: Mesh): Promise<Map<string, ProcessCost>> {
  const entries = [...mesh.processes].map(async ([name, { pid }]) => [name, await processCost(pid)] as const);
  return new Map(await Promise.all(entries));
}
