import { join } from 'node:path';
import { startMesh, type Mesh, type ServiceName } from '../../support/mesh.js';
import type { ListeningProcess } from '../../support/process.js';
import { startScriptedWorker, type ScriptedWorker } from '../../support/scripted-worker.js';
import { Endpoint } from './endpoint.js';
import type { Scope } from './scope.js';

export type { ServiceName };

/** All services of the mesh, which are all that a scenario may kill. */
export const serviceNames = [
  'coordinator',
  'prompt-model',
  'target-llm',
  'reward-critic',
  'textgrad',
  'trainer',
] as const satisfies readonly ServiceName[];

export interface FaultMeshOptions {
  /** Database of the coordinator. Default: PGlite in the mesh's folder. */
  databaseUrl?: string | undefined;
  /** Folder of database and artefacts. Default: a temporary one. */
  folder?: string | undefined;
  /** More environment, by service. */
  env?: Partial<Record<ServiceName, Record<string, string>>>;
  services?: readonly ServiceName[];
  latencyMs?: number | undefined;
  /** Bytes of each of the two files of an adapter. */
  adapterBytes?: number;
}

/** The real services as processes, a scripted model provider and a scripted training worker. */
export interface FaultMesh {
  folder: string;
  mesh: Mesh;
  endpoint: Endpoint;
  worker: ScriptedWorker;
  /** SIGKILL, and waits until it is gone. */
  kill(name: ServiceName): Promise<void>;
  /** At the address it had, as a supervisor would. */
  restart(name: ServiceName): Promise<void>;
}

/** Starts a mesh that ends with the scope; its processes' logs are kept when something fails. */
export async function startFaultMesh(scope: Scope, options: FaultMeshOptions = {}): Promise<FaultMesh> {
  const folder = options.folder ?? (await scope.folder());
  const endpoint = await Endpoint.start(scope, options.latencyMs);
  const worker = await startScriptedWorker({ bytes: options.adapterBytes ?? 4096 });
  scope.defer(() => worker.close());
  // A restarted coordinator waits until the lease of the killed one has run out: short ones keep the suite quick.
  const coordinator: Record<string, string> = { TRPROMPT_HEARTBEAT_SECONDS: '0.4' };
  if (options.databaseUrl !== undefined) coordinator['TRPROMPT_DATABASE_URL'] = options.databaseUrl;
  const mesh = await startMesh({
    baseUrl: endpoint.baseUrl,
    folder,
    services: options.services ?? serviceNames,
    env: {
      ...options.env,
      coordinator: { ...coordinator, ...options.env?.coordinator },
      trainer: {
        TRPROMPT_TRAINER_WORK: join(folder, 'trainer'),
        ...worker.environment,
        ...options.env?.trainer,
      },
    },
  });
  const incarnations = new Map<ServiceName, ListeningProcess[]>();
  const remember = (name: ServiceName): void => {
    const running = mesh.processes.get(name);
    if (running) incarnations.set(name, [...(incarnations.get(name) ?? []), running]);
  };
  for (const name of mesh.processes.keys()) {
    remember(name);
    const text = (): string =>
      (incarnations.get(name) ?? [])
        .map((each) => (each.log() === '' ? '' : `process ${each.pid}\n${each.log()}`))
        .join('');
    scope.log(name, text);
  }
  scope.defer(async () => {
    endpoint.release();
    await mesh.stop();
  });
  return {
    folder,
    mesh,
    endpoint,
    worker,
    kill: (name) => mesh.crash(name),
    restart: async (name) => {
      await mesh.restart(name);
      remember(name);
    },
  };
}
