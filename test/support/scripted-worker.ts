import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where a scripted training is; it waits there until the script has answered. */
export interface WorkerMoment {
  /** The training's name at the trainer. */
  name: string;
  /** Process id of the worker. */
  pid: number;
  /** "loading": nothing done. "step": a step was reported. "saving": before the adapter is written. "saved": before its success is reported. */
  at: 'loading' | 'step' | 'saving' | 'saved';
  /** Optimiser steps done. */
  step: number;
  /** Steps that job and data ask for. */
  planned: number;
  /** Steps that a checkpoint of an earlier worker has saved. */
  resumedFrom: number;
}

/** How a training goes on: as usual (undefined), or it ends with a failure line or just an exit code. A promise that stays open hangs it. */
export type WorkerOrders =
  | { fail: { reason: string; message: string; retryable: boolean; exitCode: number } }
  | { exitCode: number }
  | undefined;

export interface ScriptedWorkerOptions {
  /** Optimiser steps. Default: what job and data ask for. */
  steps?: number;
  /** Milliseconds a step. Default 0. */
  stepMs?: number;
  /** Bytes of each of the two weight files. Default 4096. */
  bytes?: number;
  /** Whether SIGTERM is ignored; otherwise the worker ends at its next step, with a checkpoint. */
  ignoreSigterm?: boolean;
  script?: (moment: WorkerMoment) => WorkerOrders | Promise<WorkerOrders>;
}

export interface ScriptedWorker {
  /** Environment of the trainer service that makes it start this worker. */
  readonly environment: Record<string, string>;
  /** Every moment so far, of all workers. */
  readonly moments: WorkerMoment[];
  /** May be replaced at any time. */
  script: NonNullable<ScriptedWorkerOptions['script']>;
  /** Workers that are connected now. */
  readonly running: number;
  /** Ends all workers and removes the program. */
  close(): Promise<void>;
}

const program = fileURLToPath(
  new URL(`scripted-worker-main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/**
 * Training without a model through the real trainer service, which starts `scripted-worker-main` as its Python. The adapter is a function of data set,
 * settings and initial adapter alone, so that equal runs have equal hashes, interrupted or not. POSIX only: the program is a shell script.
 */
export async function startScriptedWorker(options: ScriptedWorkerOptions = {}): Promise<ScriptedWorker> {
  const { steps = 0, stepMs = 0, bytes = 4096, ignoreSigterm = false } = options;
  const settings = { steps, stepMs, bytes, ignoreSigterm };
  const moments: WorkerMoment[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)));
    // A worker that is killed resets its connection, of which the reader of lines hears too.
    createInterface({ input: socket })
      .on('error', () => undefined)
      .on('line', (line) => void answer(socket, JSON.parse(line) as WorkerMoment));
  });
  const answer = async (socket: Socket, moment: WorkerMoment): Promise<void> => {
    moments.push(moment);
    const orders = await worker.script(moment);
    socket.write(`${JSON.stringify({ ...orders, settings })}\n`);
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const folder = await mkdtemp(join(tmpdir(), 'trprompt-worker-'));
  const python = join(folder, 'python');
  const { port } = server.address() as AddressInfo;
  await writeFile(python, `#!/bin/sh\nexec '${process.execPath}' '${program}' ${port} "$@"\n`);
  await chmod(python, 0o755);
  const worker: ScriptedWorker = {
    environment: {
      TRPROMPT_TRAINER_PYTHON: python,
      // Any file: the scripted worker loads no model.
      TRPROMPT_TRAINER_BASE_MODEL: python,
      TRPROMPT_TRAINER_BASE_MODEL_NAME: 'scripted',
    },
    moments,
    script: options.script ?? (() => undefined),
    get running() {
      return sockets.size;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return worker;
}
