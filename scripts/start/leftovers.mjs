import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeJson } from '../setup/files.mjs';
import { isRunning, signalGroup, startedAt } from '../setup/processes.mjs';
import { stateDir } from './layout.mjs';

const file = join(stateDir, 'processes.json');
/** How long services of a launcher that was killed get to end by themselves. Milliseconds. */
const patience = 8000;

/** Writes down which processes belong to this mesh. */
export function recordProcesses(processes) {
  const known = processes.filter(({ pid }) => pid !== undefined);
  writeJson(
    file,
    known.map(({ name, pid }) => ({ name, pid, started: startedAt(pid) })),
  );
}

/**
 * Services end by themselves when their launcher is killed, which takes them a moment; two coordinators must not meet
 * on one database.
 * @param {(text: string) => void} say
 */
export async function endLeftovers(say) {
  const recorded = readJson(file) ?? [];
  const left = () => recorded.filter(isRunning);
  if (left().length === 0) return;
  say('Waiting for the services of a mesh that was killed to end ...');
  const deadline = Date.now() + patience;
  while (left().length > 0 && Date.now() < deadline) await sleep(100);
  for (const { pid } of left()) signalGroup(pid, 'SIGKILL');
  while (left().length > 0) await sleep(20);
}
