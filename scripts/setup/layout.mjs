import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this script belongs to: everything set up lies inside it. */
export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Folder of everything that set-up and the local mesh create (git-ignored). */
export const home = join(root, '.trprompt');

export const setupDir = join(home, 'setup');
export const logFile = join(setupDir, 'setup.log');
export const venvDir = join(home, 'venv');
export const uvDir = join(home, 'uv');
export const modelFile = join(home, 'models', 'SmolLM2-135M-Instruct.Q4_1.gguf');
export const workerDir = join(root, 'services', 'trainer', 'worker');
export const nodeBin = join(root, 'node_modules', '.bin');

/** The interpreter of the trainer's worker. */
export const venvPython = join(venvDir, 'bin', 'python');
