import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { logFile, nodeBin } from './layout.mjs';
import { forgetChild, rememberChild } from './lock.mjs';
import { signalGroup } from './processes.mjs';

/** Process groups of the commands that are running; ended when set-up is. */
const running = new Set();

/** Ends every command that is running, with all that it started. */
export function endCommands(signal) {
  for (const pid of running) signalGroup(pid, signal);
}

/**
 * The environment without this project's own node_modules/.bin on the PATH: what replaces node_modules must not
 * run from it.
 */
export function outerEnvironment(extra = {}) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== nodeBin);
  return { ...process.env, PATH: path.join(delimiter), ...extra };
}

/** The environment in which the project's own Node and tools come first. */
export function innerEnvironment(extra = {}) {
  const outer = outerEnvironment(extra);
  return { ...outer, PATH: [nodeBin, outer.PATH].join(delimiter) };
}

/**
 * Runs a command in a process group of its own, its output going to the log.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ ok: boolean, code: number|string, output: string }>} the last 64 KB of what it printed
 */
export async function runLogged(command, args, { cwd, env = process.env }) {
  appendFileSync(logFile, `\n$ ${command} ${args.join(' ')}\n`);
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) {
    running.add(child.pid);
    rememberChild(child.pid);
  }
  let output = '';
  const take = (chunk) => {
    output = (output + chunk).slice(-65_536);
    appendFileSync(logFile, chunk);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      take(`${error.message}\n`);
      resolve(error.code ?? 'an error');
    });
    child.on('close', (status, signal) => resolve(status ?? signal));
  });
  running.delete(child.pid);
  forgetChild();
  return { ok: code === 0, code, output };
}
