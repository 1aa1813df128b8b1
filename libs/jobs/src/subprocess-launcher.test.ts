import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from './job-launcher.js';
import { SubprocessLauncher } from './subprocess-launcher.js';

const node = process.execPath;

async function collect(job: Job): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of job.lines) lines.push(line);
  return lines;
}

async function firstLine(job: Job): Promise<string> {
  for await (const line of job.lines) return line;
  throw new Error('the job wrote no line');
}

async function untilGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      // A zombie still takes signals: look at its state where the system tells it.
      process.kill(pid, 0);
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (/\) Z /.test(state)) return true;
    } catch {
      return true;
    }
    await delay(25);
  }
  return false;
}

describe('the subprocess launcher', () => {
  const launcher = new SubprocessLauncher();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('passes lines on as they come and tells the exit code and the error output', async () => {
    const script = `console.log('one'); console.log('two'); console.error('why'); process.exitCode = 65;`;
    const job = await launcher.launch({ name: 'lines', command: [node, '-e', script] });
    expect(await collect(job)).toEqual(['one', 'two']);
    expect(await job.exit).toEqual({ code: 65, signal: null, errorOutput: 'why\n' });
  });

  it('refuses a second job of a name that runs, and takes it once the first has ended', async () => {
    const spec = { name: 'same', command: [node, '-e', 'setInterval(() => {}, 1000)'] };
    const job = await launcher.launch(spec);
    await expect(launcher.launch(spec)).rejects.toThrow('a job named same is running');
    await job.cancel(5_000);
    const next = await launcher.launch({ ...spec, command: [node, '-e', ''] });
    expect((await next.exit).code).toBe(0);
  });

  it('says which program is missing', async () => {
    const spec = { name: 'missing', command: [join(folder, 'no-such-program')] };
    await expect(launcher.launch(spec)).rejects.toThrow(/no-such-program cannot be started/);
  });

  it('asks a job to stop before it uses force', async () => {
    const script = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up');`;
    const job = await launcher.launch({ name: 'polite', command: [node, '-e', script] });
    await firstLine(job);
    await job.cancel(10_000);
    expect((await job.exit).code).toBe(7);
  });

  it('ends by force a job that ignores the request, and everything it started', async () => {
    const script = `
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      setInterval(() => {}, 1000); console.log(child.pid);`;
    const job = await launcher.launch({ name: 'stubborn', command: [node, '-e', script] });
    const grandchild = Number(await firstLine(job));
    await job.cancel(50);
    expect((await job.exit).signal).toBe('SIGKILL');
    expect(await untilGone(grandchild)).toBe(true);
  });
});
