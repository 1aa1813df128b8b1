import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The root of the repository. */
const root = new URL('../../../../', import.meta.url);

/** The interpreter that the set-up has made. */
export const python = fileURLToPath(new URL('.trprompt/venv/bin/python', root));

/** The model that ships with the mesh. */
export const shippedModel = fileURLToPath(new URL('.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf', root));

/** The worker's folder. */
export const worker = fileURLToPath(new URL('services/trainer/worker/', root));

/** Standard output of a Python script of worker/tests. Rejects with what it wrote when it fails. */
export async function runPython(script: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(python, [`tests/${script}`, ...args], { cwd: worker, maxBuffer: 1 << 28 });
  return stdout;
}
