import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process started, as an opaque text: together with the id it names a process for good, ids alone are
 * reused. Undefined when there is no such process (or the system does not say).
 * @param {number} pid
 * @returns {string|undefined}
 */
export function startedAt(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The command's name, in parentheses, may hold blanks; the start time is the 20th field after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
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
