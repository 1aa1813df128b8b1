import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCoordinator, fakeRun, startFakeCoordinator } from '../../testing/fake-coordinator.js';
import { Terminal } from '../../testing/terminal.js';
import { event, wholeRun } from '../../testing/updates.js';

let mesh: FakeCoordinator;
let folder: string;
let terminal: Terminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-'));
  mesh = await startFakeCoordinator({ runs: [fakeRun('new-123abc')], watches: [{ updates: wholeRun() }] });
  terminal = new Terminal(mesh.address, folder);
});
afterEach(async () => {
  mesh.close();
  await rm(folder, { recursive: true });
});

const subjects = (): unknown[] => terminal.json.map(({ subject }) => subject);

describe('the events of one run', () => {
  it('are a line each, with time and sequence, until the run ends', async () => {
    expect(await terminal.trprompt('events', 'new')).toBe(0);
    const { lines } = terminal.stdout;
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('2026-05-04 10:00:01     1  run started');
    expect(lines[1]).toBe('2026-05-04 10:00:02     2  ▸ 1 · rollout · 4 to do');
    expect(lines[6]).toContain('   7    step 1: c1 reverted, 12 of 45 right (26.7 %)');
    expect(lines[7]).toMatch(/ 8 {2}run succeeded$/);
  });

  it('are CloudEvents in structured mode, and nothing else, with --json', async () => {
    expect(await terminal.trprompt('events', 'latest', '--json')).toBe(0);
    expect(terminal.json).toHaveLength(8);
    expect(terminal.json[1]).toEqual({
      specversion: '1.0',
      id: 'new-123abc/2',
      source: '/trprompt/coordinator',
      type: 'trprompt.events.v1.RunEvent',
      subject: 'phaseStarted',
      partitionkey: 'new-123abc',
      time: '2026-05-04T10:00:02.000Z',
      datacontenttype: 'application/json',
      data: {
        eventId: 'new-123abc/2',
        runId: 'new-123abc',
        sequence: 2,
        time: '2026-05-04T10:00:02.000Z',
        phaseStarted: { iteration: 1, phase: 'rollout', total: 4 },
      },
    });
  });

  it('begin after a sequence and are of chosen kinds', async () => {
    expect(
      await terminal.trprompt('events', 'latest', '--since', '2', '--kind', 'run-ended,search', '--json'),
    ).toBe(0);
    expect(mesh.watched[0]).toMatchObject({ afterSequence: 2, includeSamples: false });
    expect(subjects()).toEqual(['search', 'runEnded']);
  });

  it('have triples among them only when asked', async () => {
    expect(await terminal.trprompt('events', 'latest', '--kind', 'sampleRecorded')).toBe(0);
    expect(mesh.watched[0]?.includeSamples).toBe(true);
  });

  it('go on after a lost connection without a repetition or a gap; the remark is no event', async () => {
    mesh.script.watches = [
      { updates: wholeRun().slice(0, 4), end: { code: status.UNAVAILABLE, details: 'going away' } },
      { updates: wholeRun() },
    ];
    expect(await terminal.trprompt('events', 'latest', '--json')).toBe(0);
    expect(terminal.json.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `new-123abc/${n}`));
    expect(JSON.parse(terminal.stderr.text)).toEqual({
      type: 'note',
      message: 'connection lost, trying again …',
    });
  });

  it('end with 1 when the run failed, as when it is watched', async () => {
    mesh.script.watches = [
      { updates: [event(1, { $case: 'runEnded', value: { state: 'failed', reason: 'no answer' } })] },
    ];
    expect(await terminal.trprompt('events', 'latest')).toBe(1);
    expect(terminal.stdout.text).toContain('run failed: no answer');
  });

  it('end with 130 at Ctrl-C', async () => {
    mesh.script.watches = [{ updates: wholeRun().slice(0, 1), end: 'open' }];
    const running = terminal.trprompt('events', 'latest');
    await mesh.watchStarted(1);
    terminal.pressCtrlC();
    expect(await running).toBe(130);
    expect(terminal.stderr.text).toBe('');
  });
});

describe('the events of all runs', () => {
  it('name their run and go on until Ctrl-C', async () => {
    mesh.script.runs = [fakeRun('new-123abc', { state: RunState.RUN_STATE_RUNNING })];
    mesh.script.watches = [{ updates: wholeRun(), end: 'open' }];
    const running = terminal.trprompt('events');
    await expect.poll(() => terminal.stdout.lines.length).toBe(8);
    terminal.pressCtrlC();
    expect(await running).toBe(130);
    expect(terminal.stdout.lines[0]).toBe('2026-05-04 10:00:01  new-123abc     1  run started');
  });

  it('leave out what has ended, unless it is asked for', async () => {
    const running = terminal.trprompt('events', '--from-beginning', '--json');
    await expect.poll(() => terminal.stdout.lines.length).toBe(8);
    terminal.pressCtrlC();
    expect(await running).toBe(130);
    expect(mesh.watched).toHaveLength(1);
  });
});

describe('what cannot be followed', () => {
  it.each([
    [['events', '--since', '3'], 2, '--since needs a run'],
    [['events', 'latest', '--since', 'x'], 2, 'A whole number from 0 is needed'],
    [['events', '--kind', 'runStopped'], 2, 'There is no kind "runStopped"; there are runCreated'],
    [['events', 'none'], 1, 'There is no run "none"; the newest is new-123abc'],
  ])('%j ends with %i: %s', async (args, code, message) => {
    expect(await terminal.trprompt(...args)).toBe(code);
    expect(terminal.stderr.text).toContain(message);
  });

  it('says how to start a mesh when there is none', async () => {
    mesh.close();
    expect(await terminal.trprompt('events', 'latest')).toBe(3);
    expect(terminal.stderr.text).toContain('npm run mesh');
  });
});
