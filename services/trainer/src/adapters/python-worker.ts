import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Job, JobLauncher } from '@trprompt/jobs';
import { TrainingWorker, type WorkerInput } from '../domain/training-worker.js';

/** The worker's Python package, beside the sources as well as beside the build. */
export const workerFolder = fileURLToPath(new URL('../../worker', import.meta.url));

export interface PythonWorkerOptions {
  python: string;
  /** Each training gets `<root>/<name>/` for its job file, checkpoint and output. */
  root: string;
  baseModel: string;
  baseModelName: string;
  /** 0: one for each core. */
  threads: number;
}

/** The worker as a program of the launcher: a job file in, JSON lines and an adapter folder out. */
export class PythonWorker extends TrainingWorker {
  constructor(
    private readonly launcher: JobLauncher,
    private readonly options: PythonWorkerOptions,
  ) {
    super();
  }

  async start({ request, datasetPath, initialAdapterPath, template }: WorkerInput): Promise<Job> {
    const { python, baseModel, baseModelName, threads } = this.options;
    const folder = this.folder(request.name);
    await mkdir(folder, { recursive: true });
    const job = {
      dataset: datasetPath,
      baseModel: resolve(baseModel),
      baseModelName,
      output: this.outputFolder(request.name),
      work: join(folder, 'checkpoint'),
      system: template.system,
      user: template.user,
      templateId: request.template,
      initialAdapter: initialAdapterPath,
      datasetDigest: request.dataset.digest,
      initialAdapterDigest: request.initialAdapter?.digest ?? '',
      threads,
      hyperparameters: request.hyperparameters,
    };
    const jobFile = join(folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(job, undefined, 2));
    return this.launcher.launch({
      name: request.name,
      command: [python, '-m', 'trprompt_worker', '--exit-with-stdin', jobFile],
      folder: workerFolder,
    });
  }

  outputFolder(name: string): string {
    return join(this.folder(name), 'adapter');
  }

  async tidy(name: string): Promise<void> {
    for (const entry of ['checkpoint', 'job.json', 'adapter']) {
      await rm(join(this.folder(name), entry), { recursive: true, force: true });
    }
  }

  private folder(name: string): string {
    return resolve(this.options.root, name);
  }
}
