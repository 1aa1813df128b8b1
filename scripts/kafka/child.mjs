import { spawn } from 'node:child_process';
import { signalGroup } from '../setup/processes.mjs';

/**
 * Starts a program in a process group of its own, which is killed when this process ends, however it ends: a shell waits beside it for a pipe
 * that only this process holds open.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {{ pid: number|undefined, stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream, signal: (name: NodeJS.Signals) => void,
 *   ended: Promise<{ code: number|string|null }> }} code: exit status, name of the signal, or error code when it did not start
 */
export function startGuarded(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const guard = child.pid === undefined ? undefined : guardOf(child.pid);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: error.code ?? 'an error' }));
    child.once('close', (status, signal) => resolve({ code: status ?? signal }));
  });
  child.once('exit', () => guard?.kill('SIGKILL'));
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    signal: (name) => child.exitCode === null && child.pid !== undefined && signalGroup(child.pid, name),
    ended,
  };
}

function guardOf(pid) {
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "-$1"', 'guard', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A guard that could not start or is gone must not end what it guards.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  return guard;
}

/**
 * Runs a program to its end.
 * @returns {Promise<{ code: number|string|null, output: string }>} the last 64 KB of what it printed
 */
export async function runGuarded(command, args, options) {
  const child = startGuarded(command, args, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => (output = (output + chunk).slice(-65_536)));
  const { code } = await child.ended;
  return { code, output };
}
