#!/usr/bin/env node
// `npm test`: the tests of every package through Nx, then what they counted. With arguments (`npm test -- --projects=@trprompt/core`)
// they go to Nx, and nothing is summed up.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages whose tests need both cores (decoding) or start a mesh of processes and watch the clock: one by one, after the others. */
const alone = '@trprompt/engine,@trprompt/test';

const nx = (...args) =>
  spawnSync('nx', ['run-many', '-t', 'test', '--output-style=static', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NX_TUI: 'false' },
  }).status ?? 1;

const args = process.argv.slice(2);
if (args.length > 0) {
  process.exitCode = nx(...args);
} else {
  const others = nx('--parallel=2', `--exclude=${alone}`);
  const last = nx('--parallel=1', `--projects=${alone}`);
  const summed = summary();
  process.exitCode = others || last || summed;
}

function summary() {
  const script = fileURLToPath(new URL('test-summary.mjs', import.meta.url));
  return spawnSync(process.execPath, [script], { stdio: 'inherit' }).status ?? 1;
}
