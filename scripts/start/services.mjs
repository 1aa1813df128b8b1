import { join, resolve } from 'node:path';
import { artefactsDir, databaseDir, kafkaDir, root, trainerWorkDir, venvPython } from './layout.mjs';

const main = (name) => join(root, 'services', name, 'dist', 'main.js');

/** Variables of a service that calls a model. */
const llm = (role) => (plan, addresses) => {
  const endpoint = plan.endpoints[role];
  return {
    TRPROMPT_LLM_BASE_URL: endpoint.baseUrl || `http://${addresses.engine}/v1`,
    TRPROMPT_LLM_API_KEY: endpoint.apiKey,
    TRPROMPT_LLM_MODEL: endpoint.model,
    TRPROMPT_LLM_CONCURRENCY: endpoint.concurrency,
  };
};

/** What a Java program and Maven look for in the environment. */
const javaVariables = ['JAVA_HOME', 'XDG_CACHE_HOME', 'MAVEN_OPTS', 'MAVEN_ARGS'];

/** Where the coordinator publishes: the broker of this mesh, else the one that the user's environment names, if any. */
function kafkaSettings(brokers) {
  if (brokers !== undefined) return { TRPROMPT_KAFKA_BROKERS: brokers };
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name.startsWith('TRPROMPT_KAFKA_')),
  );
}

/** What the operator permits to graders of runs; a relative folder is one of the user's working directory. */
function graderSettings() {
  const { TRPROMPT_GRADER_MODULES: folder, TRPROMPT_GRADER_HOSTS, INIT_CWD = process.cwd() } = process.env;
  return {
    TRPROMPT_GRADER_MODULES: folder ? resolve(INIT_CWD, folder) : undefined,
    TRPROMPT_GRADER_HOSTS: TRPROMPT_GRADER_HOSTS || undefined,
  };
}

/**
 * The services of the local mesh: what each is started from, whose addresses it needs first, and its own variables.
 * A service starts as soon as those it needs listen. A dispensable one that cannot be kept up does not end the mesh.
 *
 * @type {{ name: string, main: string, needs: string[], dispensable?: boolean, args?: (port: number) => string[],
 *   settings: (plan: import('./configuration.mjs').MeshPlan, addresses: Record<string, string>) => Record<string, string|number|undefined> }[]}
 */
export const services = [
  {
    name: 'kafka',
    main: join(root, 'scripts', 'kafka.mjs'),
    needs: [],
    dispensable: true,
    args: (port) => ['--port', String(port), '--data', kafkaDir, '--exit-with-parent'],
    settings: () => Object.fromEntries(javaVariables.map((name) => [name, process.env[name]])),
  },
  {
    name: 'engine',
    main: main('engine'),
    needs: [],
    settings: ({ engine }) => ({
      TRPROMPT_ENGINE_MODEL: engine.model,
      TRPROMPT_ENGINE_MODEL_NAME: engine.modelName,
      TRPROMPT_ENGINE_CONTEXT_SIZE: engine.contextSize,
      TRPROMPT_ENGINE_PARALLEL: engine.parallel,
      TRPROMPT_ENGINE_THREADS: engine.threads,
      TRPROMPT_ENGINE_QUEUE: engine.queue,
    }),
  },
  {
    name: 'prompt-model',
    main: main('prompt-model'),
    needs: ['engine'],
    settings: (plan, addresses) => ({
      ...llm('promptModel')(plan, addresses),
      TRPROMPT_ARTEFACTS: artefactsDir,
    }),
  },
  { name: 'target-llm', main: main('target-llm'), needs: ['engine'], settings: llm('target') },
  { name: 'reward-critic', main: main('reward-critic'), needs: ['engine'], settings: llm('critic') },
  {
    name: 'trainer',
    main: main('trainer'),
    needs: ['engine'],
    settings: ({ trainer }) => ({
      TRPROMPT_ARTEFACTS: artefactsDir,
      TRPROMPT_TRAINER_BASE_MODEL: trainer.baseModel,
      TRPROMPT_TRAINER_BASE_MODEL_NAME: trainer.baseModelName,
      TRPROMPT_TRAINER_PYTHON: venvPython,
      TRPROMPT_TRAINER_WORK: trainerWorkDir,
      TRPROMPT_TRAINER_THREADS: trainer.threads,
    }),
  },
  {
    name: 'textgrad',
    main: main('textgrad'),
    needs: ['engine', 'prompt-model', 'target-llm', 'reward-critic'],
    settings: (plan, addresses) => ({
      ...llm('editor')(plan, addresses),
      TRPROMPT_PROMPT_MODEL_ADDRESS: addresses['prompt-model'],
      TRPROMPT_TARGET_LLM_ADDRESS: addresses['target-llm'],
      TRPROMPT_REWARD_CRITIC_ADDRESS: addresses['reward-critic'],
      ...graderSettings(),
    }),
  },
  {
    name: 'coordinator',
    main: main('coordinator'),
    needs: ['prompt-model', 'target-llm', 'reward-critic', 'trainer', 'textgrad', 'kafka'],
    settings: (_plan, addresses) => ({
      TRPROMPT_DATABASE_URL: `pglite://${databaseDir}`,
      TRPROMPT_ARTEFACTS: artefactsDir,
      TRPROMPT_PROMPT_MODEL_ADDRESS: addresses['prompt-model'],
      TRPROMPT_TARGET_LLM_ADDRESS: addresses['target-llm'],
      TRPROMPT_REWARD_CRITIC_ADDRESS: addresses['reward-critic'],
      TRPROMPT_TRAINER_ADDRESS: addresses.trainer,
      TRPROMPT_TEXTGRAD_ADDRESS: addresses.textgrad,
      ...graderSettings(),
      ...kafkaSettings(addresses.kafka),
    }),
  },
];
