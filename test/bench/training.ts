import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Root of the repository, from the sources of this folder as well as from its build. */
const root = fileURLToPath(import.meta.url)
  .replaceAll('\\', '/')
  .replace(/\/test\/(dist\/)?bench\/training\.[jt]s$/, '');

const ROUNDS = 3;

/** What services/trainer/worker/bench.py prints. */
interface Measured {
  tokensPerSecond: number;
  bareTokensPerSecond: number;
  precision: string;
  threads: number;
  tokensPerBatch: number;
  longest: number;
}

/**
 * Tokens a second (input and prompt, without padding) of the worker's training loop over those of a bare PEFT loop on the same
 * batches of the shipped model, in one process, rounds alternating.
 */
export async function benchTraining(): Promise<{
  name: string;
  ratio: number;
  target: number;
  details: Record<string, number>;
}> {
  const python = `${root}/.trprompt/venv/bin/python`;
  const model = `${root}/.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf`;
  const { stdout } = await promisify(execFile)(python, ['bench.py', model, '--rounds', String(ROUNDS)], {
    cwd: `${root}/services/trainer/worker`,
  });
  const { precision, ...details } = JSON.parse(stdout) as Measured;
  return {
    name: `training against a bare PEFT loop (${precision})`,
    ratio: details.tokensPerSecond / details.bareTokensPerSecond,
    target: 0.9,
    details,
  };
}
