import { status } from '@grpc/grpc-js';
import { RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCoordinator, fakeRun, startFakeCoordinator } from '../testing/fake-coordinator.js';
import { event, progress, wholeRun } from '../testing/updates.js';
import { TrpromptClient } from './client.js';
import { TrpromptError } from './errors.js';
import { checkHealth } from './health.js';

let mesh: FakeCoordinator;
let client: TrpromptClient;

beforeEach(async () => {
  mesh = await startFakeCoordinator({ runs: [fakeRun('new-123abc')] });
  client = new TrpromptClient({ address: mesh.address });
});
afterEach(() => {
  client.close();
  mesh.close();
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function failure(promise: Promise<unknown>): Promise<TrpromptError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TrpromptError);
  return error as TrpromptError;
}

describe('calls', () => {
  it('sends a configuration, examples and a request id of its own when none is given', async () => {
    const run = await client.createRun(
      { name: 'mine' },
      { examples: [{ question: 'a?', answer: '1', split: 'test' }] },
    );
    expect(run.runId).toBe('new-123abc');
    const [request] = mesh.created;
    expect(JSON.parse(request?.config ?? '')).toEqual({ name: 'mine' });
    expect(request?.examples).toEqual([{ exampleId: '', question: 'a?', answer: '1', split: 'test' }]);
    expect(request?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('passes the caller’s request id on, so that the same call can be made again', async () => {
    await client.createRun('name: mine', { requestId: 'r1' });
    expect(mesh.created[0]).toMatchObject({ requestId: 'r1', config: 'name: mine' });
  });

  it('goes through all pages of runs', async () => {
    mesh.script.runs = Array.from({ length: 7 }, (_, n) => fakeRun(`r-${n}`));
    const runs = await collect(client.listRuns({ pageSize: 3 }));
    expect(runs.map((run) => run.runId)).toEqual(['r-0', 'r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6']);
  });

  it('says why a call failed in a closed list of codes, with the server’s sentence', async () => {
    expect(await failure(client.getRun('none'))).toMatchObject({
      code: 'not-found',
      message: 'There is no such run.',
    });
    mesh.script.failures.ask = { code: status.FAILED_PRECONDITION, details: 'No checkpoint yet.' };
    expect(await failure(client.ask('a?'))).toMatchObject({
      code: 'not-possible',
      message: 'No checkpoint yet.',
    });
    mesh.script.failures.createRun = { code: status.INVALID_ARGUMENT, details: 'train.rank: is 0' };
    expect(await failure(client.createRun('x'))).toMatchObject({
      code: 'invalid',
      message: 'train.rank: is 0',
    });
  });

  it('is unreachable when nothing listens there', async () => {
    mesh.close();
    expect(await failure(client.getRun('new-123abc'))).toMatchObject({ code: 'unreachable' });
  });
});

describe('watching', () => {
  it('gives events and progress in order and ends with the run', async () => {
    mesh.script.watches = [{ updates: wholeRun() }];
    const updates = await collect(client.watchRun('new-123abc'));
    expect(updates.flatMap((update) => (update.type === 'event' ? [update.event.sequence] : []))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(updates.find((update) => update.type === 'progress')).toMatchObject({
      progress: { done: 2, total: 4 },
    });
  });

  it('goes on after the last event when the connection is lost, without losing or repeating one', async () => {
    mesh.script.watches = [
      { updates: wholeRun().slice(0, 4), end: { code: status.UNAVAILABLE, details: 'going away' } },
      { updates: wholeRun() },
    ];
    const interruptions: string[] = [];
    const updates = await collect(
      client.watchRun('new-123abc', { onInterruption: (error) => interruptions.push(error.code) }),
    );
    expect(mesh.watched.map((request) => request.afterSequence)).toEqual([0, 3]);
    expect(interruptions).toEqual(['unreachable']);
    expect(updates.flatMap((update) => (update.type === 'event' ? [update.event.sequence] : []))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('takes a stream that ends while the run goes on for a lost connection', async () => {
    mesh.script.runs = [fakeRun('new-123abc', { state: RunState.RUN_STATE_RUNNING })];
    mesh.script.watches = [
      { updates: [event(1, { $case: 'runStarted', value: { attempt: 1 } })] },
      { updates: wholeRun() },
    ];
    const seen: number[] = [];
    for await (const update of client.watchRun('new-123abc')) {
      if (update.type === 'event') seen.push(update.event.sequence);
      mesh.script.runs = seen.length > 1 ? [fakeRun('new-123abc')] : mesh.script.runs;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('asks for triples only when told to', async () => {
    mesh.script.watches = [{ updates: wholeRun() }];
    await collect(client.watchRun('new-123abc'));
    await collect(client.watchRun('new-123abc', { includeSamples: true }));
    expect(mesh.watched.map((request) => request.includeSamples)).toEqual([undefined, true]);
  });

  it('starts after a sequence', async () => {
    mesh.script.watches = [{ updates: wholeRun() }];
    const updates = await collect(client.watchRun('new-123abc', { afterSequence: 7 }));
    expect(updates.filter((update) => update.type === 'event')).toHaveLength(1);
  });

  it('gives up when nothing has answered for as long as allowed', async () => {
    mesh.close();
    const error = await failure(collect(client.watchRun('new-123abc', { outageSeconds: 0 })));
    expect(error.code).toBe('unreachable');
  });

  it('ends at once with an unknown run', async () => {
    mesh.script.watches = [{ updates: [], end: { code: status.NOT_FOUND, details: 'There is no run.' } }];
    expect(await failure(collect(client.watchRun('none')))).toMatchObject({ code: 'not-found' });
  });

  it('stops when the caller aborts, in the middle of an open stream', async () => {
    mesh.script.watches = [{ updates: [progress({ phase: 'rollout', done: 1, total: 2 })], end: 'open' }];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const update of client.watchRun('new-123abc', { signal: stop.signal })) {
        if (update.type === 'progress') stop.abort();
      }
    })();
    expect(await failure(watching)).toMatchObject({ code: 'cancelled' });
  });
});

describe('health', () => {
  it('tells serving, not serving and unreachable apart', async () => {
    expect(await checkHealth(mesh.address)).toBe('serving');
    mesh.script.health = 2;
    expect(await checkHealth(mesh.address)).toBe('not-serving');
    mesh.close();
    expect(await checkHealth(mesh.address, 500)).toBe('unreachable');
  });
});
