#!/usr/bin/env node
// Makes the Python environment of the benchmark of grading (math-verify, pinned with hashes) with the set-up's installer and
// prints its interpreter. Exit code 1 and the reason where that cannot be done, as when the machine is offline.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home, root, uvDir } from './setup/layout.mjs';
import { uvSettings } from './setup/python-index.mjs';

const uv = join(uvDir, 'bin', 'uv');
const uvPython = join(uvDir, 'bin', 'python');
const venv = join(home, 'venv-math-verify');
const python = join(venv, 'bin', 'python');
const requirements = join(root, 'test', 'bench', 'math-verify', 'requirements.txt');
const stamp = join(venv, 'requirements.txt');

const wanted = readFileSync(requirements, 'utf8');
const made = existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;

try {
  if (!made) {
    rmSync(venv, { recursive: true, force: true });
    run(['venv', '--no-python-downloads', '--python', uvPython, venv]);
    run(['pip', 'install', '--require-hashes', '--python', python, '-r', requirements]);
    writeFileSync(stamp, wanted);
  }
  process.stdout.write(`${python}\n`);
} catch (error) {
  process.stderr.write(`math-verify could not be installed: ${error.message}\n`);
  process.exitCode = 1;
}

function run(args) {
  const env = { ...process.env, ...uvSettings(uvPython), PYTHONNOUSERSITE: '1', UV_NO_PROGRESS: '1' };
  delete env.PYTHONPATH;
  delete env.VIRTUAL_ENV;
  execFileSync(uv, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
}
