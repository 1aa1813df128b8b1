import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from './files.mjs';
import { isRunning, startedAt } from './processes.mjs';

/**
 * Takes a lock file that names the process that holds it. One left behind by a process that was killed is taken over.
 * @param {string} file
 * @param {(holder: { pid: number }) => Promise<void>} onHeld called while another process holds it: waits or throws
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeExclusive(file, onHeld) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }));
  try {
    while (!tryLink(mine, file)) {
      const holder = readJson(file);
      if (isRunning(holder)) await onHeld(holder);
      else if (holder !== undefined) takeOver(file, holder);
      else await sleep(20);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** A hard link appears with its whole content or not at all, and fails when the name is taken. */
function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone, but never one that another waiter has just taken. */
function takeOver(file, dead) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readJson(aside);
  if (moved?.pid !== dead.pid || moved?.started !== dead.started) tryLink(aside, file);
  rmSync(aside, { force: true });
}
