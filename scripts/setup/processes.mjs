import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, as an opaque text: together with the id it names a process for good, ids alone are
 * reused. Undefined when there is no such process (or the system does not say).
 * @param {number} pid
 * @returns {string|undefined}
 */
export function startedAt(pid) {
  if (process.platform !== 'linux') return ask(pid, 'lstart');
  const fields = statOf(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

/**
 * @param {number} pid
 * @returns {number|undefined} id of the process that started it
 */
export function parentOf(pid) {
  const text = process.platform === 'linux' ? statOf(pid)?.[1] : ask(pid, 'ppid');
  return text === undefined ? undefined : Number(text);
}

/** Fields of /proc/<pid>/stat from the state on; the command's name before it may hold blanks and parentheses. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function ask(pid, column) {
  try {
    const text = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.toString().trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {{ pid?: number, started?: string }|undefined} known
 * @returns {boolean} whether exactly that process is still running
 */
export function isRunning(known) {
  if (!known?.pid || !known.started) return false;
  return startedAt(known.pid) === known.started;
}

/** Sends a signal to a process group; a group that is gone is no error. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
