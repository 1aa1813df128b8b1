import { type Run, RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { describe, expect, it } from 'vitest';
import { fakeRun } from '../testing/fake-coordinator.js';
import { TrpromptError } from './errors.js';
import { watchRuns, type RunsSource } from './watch-runs.js';

const going = { state: RunState.RUN_STATE_RUNNING, endedTime: undefined };
const ended = (endedTime: string) => ({ state: RunState.RUN_STATE_SUCCEEDED, endedTime });

/** Runs and their events; a look sees what `script` has made of them. */
class Mesh implements RunsSource {
  runs: Run[] = [];
  events: Record<string, number[]> = {};
  readonly watched: [string, number][] = [];
  looks = 0;
  script: (look: number) => void = () => undefined;

  async *list(): AsyncGenerator<Run> {
    this.script((this.looks += 1));
    yield* this.runs;
  }

  async *watch(
    runId: string,
    { afterSequence = 0 }: { afterSequence?: number },
  ): AsyncGenerator<{
    type: 'event';
    event: RunEvent;
  }> {
    this.watched.push([runId, afterSequence]);
    for (const sequence of this.events[runId] ?? [])
      if (sequence > afterSequence) yield { type: 'event', event: RunEvent.fromPartial({ runId, sequence }) };
  }
}

/** Takes so many events and leaves. */
async function take(mesh: Mesh, count: number, options = {}): Promise<string[]> {
  const taken: string[] = [];
  for await (const { runId, sequence } of watchRuns(mesh, { lookEveryMs: 1, ...options })) {
    taken.push(`${runId}/${sequence}`);
    if (taken.length === count) break;
  }
  return taken;
}

describe('watching all runs', () => {
  it('tells of those that are going on and those that begin, not of those that had ended', async () => {
    const mesh = new Mesh();
    mesh.events = { old: [1], now: [1, 2], next: [1] };
    mesh.runs = [fakeRun('now', going), fakeRun('old', ended('2026-01-01'))];
    mesh.script = (look) => {
      if (look === 2) mesh.runs.unshift(fakeRun('next', going));
    };
    expect(await take(mesh, 3)).toEqual(['now/1', 'now/2', 'next/1']);
  });

  it('tells of those that had ended when asked to, the oldest first', async () => {
    const mesh = new Mesh();
    mesh.events = { b: [1, 2], a: [1] };
    mesh.runs = [fakeRun('b', ended('2026-01-02')), fakeRun('a', ended('2026-01-01'))];
    expect(await take(mesh, 3, { fromBeginning: true })).toEqual(['a/1', 'b/1', 'b/2']);
  });

  it('tells of a run that began and ended between two looks', async () => {
    const mesh = new Mesh();
    mesh.events = { brief: [1, 2] };
    mesh.script = (look) => {
      if (look === 3) mesh.runs = [fakeRun('brief', ended('2026-01-03'))];
    };
    expect(await take(mesh, 2)).toEqual(['brief/1', 'brief/2']);
  });

  it('goes on with a resumed run after its last event, however brief its second life was', async () => {
    const mesh = new Mesh();
    mesh.events = { run: [1, 2] };
    mesh.runs = [fakeRun('run', going)];
    mesh.script = (look) => {
      if (look === 2) mesh.runs = [fakeRun('run', ended('2026-01-01'))];
      if (look === 5) {
        mesh.events['run'] = [1, 2, 3];
        mesh.runs = [fakeRun('run', ended('2026-01-02'))];
      }
    };
    expect(await take(mesh, 3)).toEqual(['run/1', 'run/2', 'run/3']);
    expect(mesh.watched.at(-1)).toEqual(['run', 2]);
  });

  it('looks again after an outage, tells of it once, and gives up when it lasts', async () => {
    const mesh = new Mesh();
    const interruptions: string[] = [];
    const onInterruption = (error: TrpromptError): number => interruptions.push(error.code);
    mesh.events = { run: [1] };
    mesh.script = (look) => {
      if (look === 2 || look === 3) throw new TrpromptError('unreachable', 'away');
      if (look > 3) mesh.runs = [fakeRun('run', going)];
    };
    expect(await take(mesh, 1, { onInterruption })).toEqual(['run/1']);
    expect(interruptions).toEqual(['unreachable']);
    mesh.looks = 0;
    mesh.runs = [];
    mesh.script = (look) => {
      if (look > 1) throw new TrpromptError('unreachable', 'away');
    };
    await expect(take(mesh, 1, { outageSeconds: 0 })).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('ends at once when nobody has ever answered', async () => {
    const mesh = new Mesh();
    mesh.script = () => {
      throw new TrpromptError('unreachable', 'away');
    };
    await expect(take(mesh, 1)).rejects.toMatchObject({ code: 'unreachable' });
    expect(mesh.looks).toBe(1);
  });

  it('ends with `cancelled` when its signal aborts', async () => {
    const mesh = new Mesh();
    const stop = new AbortController();
    mesh.script = (look) => {
      if (look === 2) stop.abort();
    };
    await expect(take(mesh, 1, { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
