import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from '@trprompt/grpc';
import { CoordinatorServiceService } from '@trprompt/proto/coordinator/v1/coordinator';
import { startListening, type ListeningProcess } from './process.js';

export type ServiceName =
  'prompt-model' | 'target-llm' | 'reward-critic' | 'textgrad' | 'trainer' | 'coordinator';

export interface MeshOptions {
  /** Base URL of the OpenAI-compatible endpoint that every role uses; ends in /v1. */
  baseUrl: string;
  /** Model name at the endpoint. Default: scripted. */
  model?: string;
  /** Which services run; the coordinator always does. Default: all but the trainer. */
  services?: readonly ServiceName[];
  /** Folder for database and artefacts. Default: a temporary one that `stop` removes. */
  folder?: string;
  /** More environment for a service, or what makes it of the mesh's folder. */
  env?: ServiceEnvironment | ((folder: string) => ServiceEnvironment);
}

type ServiceEnvironment = Partial<Record<ServiceName, Record<string, string>>>;

export interface Mesh {
  folder: string;
  /** host:port by service. */
  addresses: Record<ServiceName, string>;
  processes: Map<ServiceName, ListeningProcess>;
  coordinator: Client<typeof CoordinatorServiceService>;
  /** Kills a service as a crash would (SIGKILL) and waits until it is gone. */
  crash(name: ServiceName): Promise<void>;
  /** Starts a service that is gone, at the address it had. */
  restart(name: ServiceName): Promise<void>;
  /** Starts one more coordinator over the same database and artefacts, at a port of its own; it ends with the mesh. */
  anotherCoordinator(env?: Record<string, string>): Promise<ListeningProcess>;
  /** Stops everything and waits until every process is gone. */
  stop(): Promise<void>;
}

/** Where nothing listens: the address of services that a mesh does without. */
const NOWHERE = '127.0.0.1:1';

/** Root of the repository, from the sources of this folder as well as from its build. */
const root = fileURLToPath(import.meta.url)
  .replaceAll('\\', '/')
  .replace(/\/test\/(dist\/)?support\/mesh\.[jt]s$/, '');

const scriptOf = (name: ServiceName): string => join(root, 'services', name, 'dist', 'main.js');

/** Starts the services as real processes (their builds) on free ports of loopback, wired to each other. */
export async function startMesh(options: MeshOptions): Promise<Mesh> {
  const {
    baseUrl,
    model = 'scripted',
    services = ['prompt-model', 'target-llm', 'reward-critic', 'textgrad'],
  } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'trprompt-mesh-')));
  const added = typeof options.env === 'function' ? options.env(folder) : options.env;
  const processes = new Map<ServiceName, ListeningProcess>();
  const addresses: Record<ServiceName, string> = {
    'prompt-model': NOWHERE,
    'target-llm': NOWHERE,
    'reward-critic': NOWHERE,
    textgrad: NOWHERE,
    trainer: NOWHERE,
    coordinator: NOWHERE,
  };

  const environment = (name: ServiceName): Record<string, string> => ({
    TRPROMPT_EXIT_WITH_PARENT: '1',
    TRPROMPT_LOG_LEVEL: 'warn',
    TRPROMPT_DRAIN_SECONDS: '1',
    TRPROMPT_ARTEFACTS: join(folder, 'artefacts'),
    ...(name === 'coordinator'
      ? {
          TRPROMPT_DATABASE_URL: `pglite://${join(folder, 'database')}`,
          TRPROMPT_TRAINER_ADDRESS: addresses.trainer,
          TRPROMPT_TEXTGRAD_ADDRESS: addresses.textgrad,
        }
      : { TRPROMPT_LLM_BASE_URL: baseUrl, TRPROMPT_LLM_MODEL: model }),
    TRPROMPT_PROMPT_MODEL_ADDRESS: addresses['prompt-model'],
    TRPROMPT_TARGET_LLM_ADDRESS: addresses['target-llm'],
    TRPROMPT_REWARD_CRITIC_ADDRESS: addresses['reward-critic'],
    ...added?.[name],
  });
  const launch = async (name: ServiceName): Promise<void> => {
    const port = addresses[name] === NOWHERE ? '0' : (addresses[name].split(':').at(-1) ?? '0');
    const started = await startListening(scriptOf(name), [], { ...environment(name), TRPROMPT_PORT: port });
    processes.set(name, started);
    addresses[name] = started.announced['address'] ?? NOWHERE;
  };
  const others: ListeningProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values(), ...others].map((running) => running.stop()));
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };

  try {
    const first = services.filter((name) => name !== 'textgrad' && name !== 'coordinator');
    await Promise.all(first.map(launch));
    if (services.includes('textgrad')) await launch('textgrad');
    await launch('coordinator');
  } catch (error) {
    await stop();
    throw error;
  }
  const coordinator = createClient(CoordinatorServiceService, addresses.coordinator);
  return {
    folder,
    addresses,
    processes,
    coordinator,
    crash: async (name) => {
      processes.get(name)?.kill('SIGKILL');
      await processes.get(name)?.exited;
    },
    restart: async (name) => {
      await launch(name);
      if (name === 'coordinator') await coordinator.waitForReady(30_000);
    },
    anotherCoordinator: async (env = {}) => {
      const settings = { ...environment('coordinator'), ...env, TRPROMPT_PORT: '0' };
      const started = await startListening(scriptOf('coordinator'), [], settings);
      others.push(started);
      return started;
    },
    stop: async () => {
      coordinator.close();
      await stop();
    },
  };
}
