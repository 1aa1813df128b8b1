import { createLogger } from '@trprompt/service';
import OpenAI from 'openai';
import { engineConfig } from '../config.js';
import { modelPath } from '../model-path.js';
import { startEngine, type RunningEngine } from '../start-engine.js';

export const MODEL = 'smollm2-135m-instruct';

export interface Served extends RunningEngine {
  client: OpenAI;
  /** A route outside /v1. */
  get(path: string): Promise<Response>;
  /** A route under /v1, with a body sent as it is. */
  post(path: string, body: unknown, signal?: AbortSignal): Promise<Response>;
  /** Value of a metric without labels other than the model. */
  metric(name: string): Promise<number>;
}

/** An engine with the shipped model, in this process, on a free port. */
export async function serve(settings: Record<string, string> = {}): Promise<Served> {
  const env = engineConfig.parse({
    TRPROMPT_ENGINE_MODEL: modelPath(),
    TRPROMPT_ENGINE_CONTEXT_SIZE: '512',
    ...settings,
  });
  const engine = await startEngine(env, createLogger('engine', 'silent'));
  const get = (path: string) => fetch(`http://${engine.address}${path}`);
  return {
    ...engine,
    client: new OpenAI({ baseURL: engine.baseUrl, apiKey: 'none', maxRetries: 0 }),
    get,
    post: (path, body, signal) =>
      fetch(`${engine.baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal,
      }),
    metric: async (name) => {
      const text = await (await get('/metrics')).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}{`));
      return Number(line?.split(' ').at(-1));
    },
  };
}
