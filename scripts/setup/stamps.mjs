import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './files.mjs';
import { setupDir } from './layout.mjs';

const stampFile = (step) => join(setupDir, `${step}.json`);
const startedFile = (step) => join(setupDir, `${step}.started`);

/**
 * What is known of a step: `stamp` is what it recorded after it last succeeded, `torn` tells that it was begun and
 * never ended, so that what it left behind cannot be trusted.
 * @param {string} step
 */
export function readStamp(step) {
  return { stamp: readJson(stampFile(step)), torn: readJson(startedFile(step)) !== undefined };
}

/** From here on until `writeStamp`, the step's results count as torn. */
export function beginStamp(step) {
  writeJson(startedFile(step), { at: new Date().toISOString() });
  rmSync(stampFile(step), { force: true });
}

export function writeStamp(step, value) {
  writeJson(stampFile(step), value);
  rmSync(startedFile(step), { force: true });
}
