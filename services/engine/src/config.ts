import { availableParallelism } from 'node:os';
import { serverConfig } from '@trprompt/service';
import { z } from 'zod';

const count = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** Everything the engine reads from the environment. */
export const engineConfig = serverConfig.extend({
  TRPROMPT_ENGINE_MODEL: z.string().min(1).describe('path of the GGUF model that is served'),
  TRPROMPT_ENGINE_MODEL_NAME: z
    .string()
    .regex(/^[\w./:-]{1,200}$/)
    .default('smollm2-135m-instruct')
    .describe('name under which the base model is served, 1 to 200 letters, digits or _./:-'),
  TRPROMPT_ENGINE_MODEL_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('SHA-256 that the model file must have, 64 lower-case hex digits; not set: not checked'),
  TRPROMPT_ENGINE_CONTEXT_SIZE: count(64, 1_048_576, 1024).describe(
    'tokens of prompt and answer together that one request may use, 64 to 1048576',
  ),
  TRPROMPT_ENGINE_PARALLEL: count(1, 256, 4).describe('requests decoded together per served model, 1 to 256'),
  TRPROMPT_ENGINE_THREADS: count(0, 1024, 0).describe(
    'threads that compute, 0 to 1024; 0 takes as many as the process has cores',
  ),
  TRPROMPT_ENGINE_QUEUE: count(0, 100_000, 256).describe(
    'requests that may wait for a free sequence, 0 to 100000; more are answered 429',
  ),
  TRPROMPT_ENGINE_BATCH_SIZE: count(16, 8192, 256).describe(
    'tokens of one prompt evaluated in one step, 16 to 8192; smaller steps keep the other streams flowing',
  ),
  TRPROMPT_ENGINE_ADAPTER_CONTEXTS: count(1, 64, 2).describe(
    'adapters whose context stays in memory, 1 to 64; past it the idle one used longest ago is dropped',
  ),
  TRPROMPT_ENGINE_BODY_LIMIT: count(1024, 1_073_741_824, 4_194_304).describe(
    'bytes that a request body may have, 1024 to 1073741824',
  ),
});

export type EngineEnvironment = z.infer<typeof engineConfig>;

/** Settings of the engine proper, without those of the process around it. */
export interface EngineOptions {
  modelPath: string;
  modelName: string;
  modelSha256?: string;
  /** Tokens per sequence, prompt and answer together. */
  contextSize: number;
  /** Sequences per served model. */
  parallel: number;
  /** Compute threads, at least 1. */
  threads: number;
  /** Requests that may wait. */
  queue: number;
  /** Prompt tokens per step and sequence. */
  batchSize: number;
  /** Adapter contexts kept in memory. */
  adapterContexts: number;
}

export function engineOptions(env: EngineEnvironment): EngineOptions {
  return {
    modelPath: env.TRPROMPT_ENGINE_MODEL,
    modelName: env.TRPROMPT_ENGINE_MODEL_NAME,
    modelSha256: env.TRPROMPT_ENGINE_MODEL_SHA256,
    contextSize: env.TRPROMPT_ENGINE_CONTEXT_SIZE,
    parallel: env.TRPROMPT_ENGINE_PARALLEL,
    threads: env.TRPROMPT_ENGINE_THREADS || availableParallelism(),
    queue: env.TRPROMPT_ENGINE_QUEUE,
    batchSize: env.TRPROMPT_ENGINE_BATCH_SIZE,
    adapterContexts: env.TRPROMPT_ENGINE_ADAPTER_CONTEXTS,
  };
}
