import type { PostgresServer } from '@trprompt/testing';
import type { WorkerMoment } from '../../support/scripted-worker.js';
import { startFaultMesh, type FaultMesh, type ServiceName } from './fault-mesh.js';
import { whileFollowed, type Follower } from './follow.js';
import { Gates } from './gates.js';
import { assertSame } from './outcome.js';
import { finishRun, freshDatabase, startRun, type Reference } from './reference.js';
import type { Scope } from './scope.js';
import { CONCURRENCY, stepName, stepsOf, type Step } from './task.js';

/** When within a step something is killed; `middle`: when half of its calls (or optimiser steps) have been made, the rest as for gates. */
export const moments = ['entry', 'items', 'middle', 'commit', 'committed'] as const;
export type Moment = (typeof moments)[number];

/** Something done to a run at a known point of it. */
export interface Disturbance {
  step: Step;
  moment: Moment;
  /** Called while the run is held at the point. What it returns is done after the run was let go on. */
  act: (mesh: FaultMesh, gates: Gates) => Promise<(() => Promise<void>) | void>;
}

/** What a disturbed run showed beside its outcome. */
export interface DisturbedRun {
  /** Calls made again, beyond what the undisturbed run makes. */
  repeated: number;
  /** Most calls that can have been in flight at the disturbances; none inside of a transaction that ends or begins a step. */
  bound: number;
}

export function killAndRestart(service: ServiceName): Disturbance['act'] {
  return async (mesh) => {
    await mesh.kill(service);
    return () => mesh.restart(service);
  };
}

/**
 * Runs the suite's task in a new mesh on PostgreSQL, stops it at each of the given points, in their order in the run, and disturbs it there.
 * @throws Error when a point is not reached or the outcome is not the undisturbed run's
 */
export async function disturbedRun(
  scope: Scope,
  server: PostgresServer,
  reference: Reference,
  disturbances: readonly Disturbance[],
  options: { env?: Partial<Record<ServiceName, Record<string, string>>> } = {},
): Promise<DisturbedRun> {
  const databaseUrl = await freshDatabase(server);
  const mesh = await startFaultMesh(scope, { ...options, databaseUrl });
  const gates = await Gates.install(scope, databaseUrl);
  for (const { step, moment } of disturbances)
    await gates.close(moment === 'middle' ? 'entry' : moment, step);
  const run = await startRun(mesh);
  for (const disturbance of inOrder(disturbances)) {
    const hold = disturbance.moment === 'middle' ? holdMiddle : holdAtGate;
    const letGo = await hold(mesh, gates, run.follower, reference, disturbance);
    const after = await disturbance.act(mesh, gates);
    await letGo();
    await after?.();
  }
  assertSame(reference.outcome, await finishRun(mesh, run));
  const amidCalls = disturbances.filter(
    ({ step, moment }) => moment === 'items' || (moment === 'middle' && step.phase !== 'train'),
  );
  return { repeated: mesh.endpoint.repeated(reference.sent), bound: CONCURRENCY * amidCalls.length };
}

function inOrder(disturbances: readonly Disturbance[]): Disturbance[] {
  const order = stepsOf().map(stepName);
  const rank = ({ step, moment }: Disturbance): number =>
    order.indexOf(stepName(step)) * moments.length + moments.indexOf(moment);
  return disturbances.toSorted((a, b) => rank(a) - rank(b));
}

type Hold = (
  mesh: FaultMesh,
  gates: Gates,
  follower: Follower,
  reference: Reference,
  disturbance: Disturbance,
) => Promise<() => Promise<void>>;

/** Waits until the run is held inside a transaction. Returns what lets it go. */
const holdAtGate: Hold = async (_mesh, gates, follower, _reference, { step, moment }) => {
  const gate = moment === 'middle' ? 'entry' : moment;
  await gates.reached(gate, step, follower.over);
  return () => gates.open(gate, step);
};

/** Lets the run into the step and holds it when half of the step's calls, or of the training's steps, have been made. */
const holdMiddle: Hold = async (mesh, gates, follower, reference, { step }) => {
  await gates.reached('entry', step, follower.over);
  const { reached, letGo } = holdHalfway(mesh, reference, step);
  await gates.open('entry', step);
  await whileFollowed(reached, follower.over);
  return letGo;
};

/** Arranges that a step that begins now is held when half of its calls, or of the training's steps, have been made. */
export function holdHalfway(
  { endpoint, worker }: FaultMesh,
  reference: Reference,
  step: Step,
): { reached: Promise<void>; letGo: () => Promise<void> } {
  if (step.phase === 'train') {
    const held = holdWorker(worker, 'step', Math.floor(reference.trainingSteps / 2));
    return { reached: held.reached, letGo: () => Promise.resolve(held.letGo()) };
  }
  const calls = reference.calls.get(stepName(step)) ?? 0;
  if (calls === 0) throw new Error(`${stepName(step)} makes no call, so it has no middle`);
  const reached = endpoint.hold(endpoint.count + Math.floor(calls / 2));
  return { reached, letGo: () => Promise.resolve(endpoint.release()) };
}

/** Holds trainings at a moment (after so many steps). */
export function holdWorker(
  worker: FaultMesh['worker'],
  at: WorkerMoment['at'],
  step?: number,
): { reached: Promise<void>; letGo: () => void } {
  const released = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const before = worker.script;
  worker.script = async (moment) => {
    if (moment.at !== at || (step !== undefined && moment.step !== step)) return before(moment);
    reached.resolve();
    await released.promise;
    return undefined;
  };
  const letGo = (): void => {
    worker.script = before;
    released.resolve();
  };
  return { reached: reached.promise, letGo };
}
