import { startPostgres, type PostgresServer } from '@trprompt/testing';
import { Client } from 'pg';
import { startFaultMesh, type FaultMesh } from './fault-mesh.js';
import { Follower } from './follow.js';
import { Gates } from './gates.js';
import { outcomeOf, type Outcome } from './outcome.js';
import type { Scope } from './scope.js';
import { runConfig, stepName, stepsOf, task } from './task.js';
import { join } from 'node:path';

/** What an undisturbed run of the suite's task does. */
export interface Reference {
  outcome: Outcome;
  /** Model calls of each step by its name. */
  calls: ReadonlyMap<string, number>;
  /** How often each request is made, by its text. */
  sent: ReadonlyMap<string, number>;
  /** Model calls in all. */
  total: number;
  /** Optimiser steps of a training. */
  trainingSteps: number;
}

/** A PostgreSQL server that ends with the scope. */
export async function postgres(
  scope: Scope,
  options: Parameters<typeof startPostgres>[0] = {},
): Promise<PostgresServer> {
  const server = await startPostgres(options);
  scope.defer(() => server.stop());
  scope.log('postgres', () => server.log());
  return server;
}

let databases = 0;

/** A new, empty database on the server. */
export async function freshDatabase(server: PostgresServer): Promise<string> {
  const name = `faults_${(databases += 1)}`;
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return server.url(name);
}

/** Creates the suite's run and follows it. */
export async function startRun(
  { mesh }: FaultMesh,
  config: object = runConfig,
): Promise<{ runId: string; follower: Follower }> {
  const { run } = await mesh.coordinator.createRun({
    requestId: 'one',
    config: JSON.stringify(config),
    examples: task.examples,
  });
  const runId = run?.runId ?? '';
  return { runId, follower: new Follower(mesh.coordinator, runId) };
}

/** Waits for the end of the run and gathers what it left. */
export async function finishRun(
  { mesh, folder }: FaultMesh,
  { runId, follower }: { runId: string; follower: Follower },
): Promise<Outcome> {
  const events = await follower.ended;
  return outcomeOf(mesh.coordinator, runId, events, join(folder, 'artefacts'));
}

/** Does the undisturbed run, on PostgreSQL, held for a moment at the begin of each step to count its calls. */
export async function measureReference(root: Scope): Promise<Reference> {
  const scope = root.child();
  try {
    const server = await postgres(scope);
    const databaseUrl = await freshDatabase(server);
    const faultMesh = await startFaultMesh(scope, { databaseUrl });
    const gates = await Gates.install(scope, databaseUrl);
    const steps = stepsOf();
    for (const step of steps) await gates.close('entry', step);
    const run = await startRun(faultMesh);
    const before: number[] = [];
    for (const step of steps) {
      await gates.reached('entry', step, run.follower.over);
      before.push(faultMesh.endpoint.count);
      await gates.open('entry', step);
    }
    const outcome = await finishRun(faultMesh, run);
    if (outcome.state !== 'RUN_STATE_SUCCEEDED')
      throw new Error(`the undisturbed run ended as ${outcome.state}`);
    const total = faultMesh.endpoint.count;
    const calls = steps.map(
      (step, index) => [stepName(step), (before[index + 1] ?? total) - (before[index] ?? 0)] as const,
    );
    const { moments } = faultMesh.worker;
    const trainingSteps = Math.max(...moments.map(({ step }) => step));
    return { outcome, calls: new Map(calls), sent: faultMesh.endpoint.timesSent(), total, trainingSteps };
  } finally {
    await scope.close();
  }
}
