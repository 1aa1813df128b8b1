import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson } from './files.mjs';
import { setupDir } from './layout.mjs';
import { isRunning, signalGroup, startedAt } from './processes.mjs';

const lockFile = join(setupDir, 'lock.json');
const childFile = join(setupDir, 'child.json');

/**
 * Lets one set-up at a time into this checkout; a second one waits until the first has ended.
 * @param {(text: string) => void} say told once when it has to wait
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquireLock(say) {
  mkdirSync(setupDir, { recursive: true });
  const mine = join(setupDir, `lock.${process.pid}.json`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startedAt(process.pid) }));
  let told = false;
  try {
    for (;;) {
      if (tryLink(mine)) break;
      const holder = readJson(lockFile);
      if (isRunning(holder)) {
        if (!told)
          say(`Another set-up (process ${holder.pid}) is running in this folder; waiting for it to end ...`);
        told = true;
        await sleep(300);
      } else if (holder !== undefined) {
        takeOver(holder);
      } else {
        await sleep(20);
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
  endLeftoverChild();
  return () => rmSync(lockFile, { force: true });
}

/** A hard link appears with its whole content or not at all, and fails when the name is taken. */
function tryLink(mine) {
  try {
    linkSync(mine, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a set-up that was killed, but never one that another waiter has just taken. */
function takeOver(dead) {
  const aside = join(setupDir, `lock.stale.${process.pid}.json`);
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readJson(aside);
  if (moved?.pid !== dead.pid || moved?.started !== dead.started) tryLink(aside);
  rmSync(aside, { force: true });
}

/** Remembers the installer that is running, so that a set-up after a kill -9 can end it before it starts its own. */
export function rememberChild(pid) {
  writeFileSync(childFile, JSON.stringify({ pid, started: startedAt(pid) }));
}

export function forgetChild() {
  rmSync(childFile, { force: true });
}

function endLeftoverChild() {
  const child = readJson(childFile);
  if (isRunning(child)) signalGroup(child.pid, 'SIGKILL');
  forgetChild();
}
