import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeExclusive } from './exclusive.mjs';
import { readJson } from './files.mjs';
import { setupDir } from './layout.mjs';
import { isRunning, signalGroup, startedAt } from './processes.mjs';

const childFile = join(setupDir, 'child.json');

/**
 * Lets one set-up at a time into this checkout; a second one waits until the first has ended.
 * @param {(text: string) => void} say told once when it has to wait
 * @returns {Promise<() => void>} gives the lock back
 */
export async function acquireLock(say) {
  let told = false;
  const release = await takeExclusive(join(setupDir, 'lock.json'), async ({ pid }) => {
    if (!told) say(`Another set-up (process ${pid}) is running in this folder; waiting for it to end ...`);
    told = true;
    await sleep(300);
  });
  endLeftoverChild();
  return release;
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
