import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * A training worker without a model, in place of services/trainer/worker: same command line, same JSON lines, same adapter folder (files,
 * manifest, atomic rename), checkpoints, exit codes; the weights are a hash of what shapes them. Its moments are told to a script in the test
 * process, which decides how it goes on (scripted-worker.ts). Imports nothing of ours, so that Node runs it from its source as well.
 * Usage: scripted-worker-main <controller's port> -m trprompt_worker --exit-with-stdin <job.json>
 */
interface Job {
  dataset: string;
  baseModelName: string;
  output: string;
  work: string;
  templateId: string;
  datasetDigest: string;
  initialAdapterDigest: string;
  hyperparameters: Record<string, unknown> & {
    batchSize: number;
    gradientAccumulation: number;
    epochs: number;
  };
}

/** What the script answers to a moment. */
interface Orders {
  fail?: { reason: string; message: string; retryable: boolean; exitCode: number };
  exitCode?: number;
}

interface Settings {
  steps: number;
  stepMs: number;
  bytes: number;
  ignoreSigterm: boolean;
}

const KILLED = 143;
const OUT_OF_DISK = 74;

let stopping = false;
process.stdin.once('end', () => process.exit(KILLED)).resume();

const emit = (event: string, fields: Record<string, unknown>): void => {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
};

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Ends with the line and exit code of a failed training; resolves never. */
function fail(reason: string, message: string, retryable: boolean, exitCode: number): never {
  emit('failed', { reason, message, retryable });
  process.exit(exitCode);
}

function writeSynced(path: string, content: string | Buffer): void {
  const file = openSync(path, 'w');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Tells moments to the script and waits for its orders, one at a time. */
class Controller {
  #answers: ((orders: Orders & { settings?: Settings }) => void)[] = [];
  readonly #socket;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => process.exit(1)).on('close', () => process.exit(1));
    createInterface({ input: this.#socket })
      .on('error', () => undefined)
      .on('line', (line) => {
        this.#answers.shift()?.(JSON.parse(line) as Orders);
      });
  }

  async tell(moment: Record<string, unknown>): Promise<Orders & { settings?: Settings }> {
    this.#socket.write(`${JSON.stringify({ pid: process.pid, ...moment })}\n`);
    const orders = await new Promise<Orders & { settings?: Settings }>((resolve) =>
      this.#answers.push(resolve),
    );
    if (orders.fail)
      fail(orders.fail.reason, orders.fail.message, orders.fail.retryable, orders.fail.exitCode);
    if (orders.exitCode !== undefined) process.exit(orders.exitCode);
    return orders;
  }
}

/** The steps done before, of this very training. */
function resumed(path: string, fingerprint: string): number {
  if (!existsSync(path)) return 0;
  const checkpoint = JSON.parse(readFileSync(path, 'utf8')) as { fingerprint: string; step: number };
  return checkpoint.fingerprint === fingerprint ? checkpoint.step : 0;
}

function saveCheckpoint(folder: string, fingerprint: string, step: number): void {
  mkdirSync(folder, { recursive: true });
  writeSynced(join(folder, 'checkpoint.part'), JSON.stringify({ fingerprint, step }));
  renameSync(join(folder, 'checkpoint.part'), join(folder, 'checkpoint.json'));
}

function saveAdapter(job: Job, fingerprint: string, bytes: number, metrics: unknown): string {
  const staged = `${job.output}.part`;
  rmSync(staged, { recursive: true, force: true });
  mkdirSync(staged, { recursive: true });
  const rank = Number(job.hyperparameters['rank'] ?? 1);
  const weights = Buffer.alloc(bytes, Buffer.from(hash(fingerprint), 'hex'));
  const contents: Record<string, string | Buffer> = {
    'adapter.gguf': weights,
    'adapter_config.json': `${JSON.stringify({ base_model_name_or_path: job.baseModelName, peft_type: 'LORA', r: rank }, null, 2)}\n`,
    'adapter_model.safetensors': weights,
    'metrics.json': `${JSON.stringify(metrics, null, 2)}\n`,
  };
  const files: Record<string, { sha256: string; size: number }> = {};
  for (const [name, content] of Object.entries(contents)) {
    writeSynced(join(staged, name), content);
    files[name] = { sha256: hash(content), size: Buffer.byteLength(content) };
  }
  const facts = {
    baseModel: job.baseModelName,
    template: job.templateId,
    dataset: job.datasetDigest,
    initialAdapter: job.initialAdapterDigest,
    hyperparameters: job.hyperparameters,
  };
  const manifest = `${JSON.stringify({ kind: 'adapter', files, ...facts }, null, 2)}\n`;
  writeSynced(join(staged, 'manifest.json'), manifest);
  rmSync(job.output, { recursive: true, force: true });
  mkdirSync(dirname(job.output), { recursive: true });
  renameSync(staged, job.output);
  return `sha256:${hash(manifest)}`;
}

async function train(port: number, jobFile: string): Promise<void> {
  const job = JSON.parse(readFileSync(jobFile, 'utf8')) as Job;
  const name = dirname(jobFile).split(/[\\/]/).at(-1) ?? '';
  const data = readFileSync(job.dataset);
  const examples = data.toString('utf8').split('\n').length - 1;
  const { baseModelName, templateId, datasetDigest, initialAdapterDigest, hyperparameters } = job;
  const shape = { baseModelName, templateId, datasetDigest, initialAdapterDigest, hyperparameters };
  const fingerprint = hash(JSON.stringify({ ...shape, data: hash(data) }));
  const { batchSize, gradientAccumulation, epochs } = hyperparameters;
  const planned = Math.ceil(examples / (batchSize * gradientAccumulation)) * epochs;
  const done = resumed(join(job.work, 'checkpoint.json'), fingerprint);

  emit('stage', { stage: 'loading' });
  const controller = new Controller(port);
  const about = { name, planned, resumedFrom: done };
  const { settings } = await controller.tell({ ...about, at: 'loading', step: done });
  if (!settings) throw new Error('the controller sent no settings');
  const steps = settings.steps || planned;
  process.on('SIGTERM', () => (stopping = !settings.ignoreSigterm));
  const losses = Array.from({ length: steps }, (_loss, index) => Math.round(2e6 / (index + 1)) / 1e6);
  emit('stage', { stage: 'training', step: done, steps, losses: losses.slice(0, done) });
  for (let step = done + 1; step <= steps; step += 1) {
    if (settings.stepMs > 0) await new Promise((resolve) => setTimeout(resolve, settings.stepMs));
    const save = stopping || (step % Number(hyperparameters['checkpointSteps'] ?? 50) === 0 && step < steps);
    if (save) saveCheckpoint(job.work, fingerprint, step);
    emit('step', { step, steps, loss: losses[step - 1], tokensPerSecond: 100 });
    if (stopping)
      fail(
        'KILLED',
        `stopped after step ${step} of ${steps}: start it again to go on from there`,
        true,
        KILLED,
      );
    await controller.tell({ ...about, at: 'step', step });
  }
  emit('stage', { stage: 'saving', step: steps, steps });
  await controller.tell({ ...about, at: 'saving', step: steps });
  const [firstLoss, lastLoss] = [losses[0] ?? 0, losses.at(-1) ?? 0];
  const metrics = {
    examples,
    skipped: 0,
    tokens: data.length,
    firstLoss,
    lastLoss,
    precision: 'fp32',
    losses,
  };
  const digest = saveAdapter(job, fingerprint, settings.bytes, metrics);
  await controller.tell({ ...about, at: 'saved', step: steps });
  emit('succeeded', { digest, metrics: { ...metrics, seconds: 1 } });
  process.exit(0);
}

try {
  await train(Number(process.argv[2]), process.argv.at(-1) ?? '');
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    fail(
      'OUT_OF_DISK',
      'no space left on the disk of the work folder: free some and start again',
      true,
      OUT_OF_DISK,
    );
  fail('INTERNAL', String(error), true, 1);
}
