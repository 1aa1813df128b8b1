import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { python, worker } from './testing/python.js';

interface Outcome {
  code: number;
  output: string;
}

function pytest(): Promise<Outcome> {
  return new Promise((resolve) => {
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--no-header', '--color=no', 'tests'];
    execFile(python, args, { cwd: worker, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

describe('the Python worker', () => {
  it('passes its own tests', async () => {
    const { code, output } = await pytest();
    const summary = output.trim().split('\n').at(-1) ?? '';
    process.stdout.write(`worker: ${summary}\n`);
    if (code !== 0) throw new Error(output);
    expect(summary).toMatch(/^\d+ passed/);
  }, 180_000);
});
