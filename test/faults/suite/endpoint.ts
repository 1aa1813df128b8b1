import { defaultScript } from '../../support/default-script.js';
import {
  startScriptedOpenAi,
  type ChatRequest,
  type ScriptedOpenAi,
  type ScriptedReply,
} from '../../support/scripted-openai.js';
import type { Scope } from './scope.js';
import { task } from './task.js';

const LATENCY_MS = 4;

/** In place of the reply of the deterministic script; undefined lets it answer. */
export type Interference = (request: ChatRequest, index: number) => ScriptedReply | undefined;

/** The model provider of a run: deterministic by request, and it can hold back its replies. */
export class Endpoint {
  #open = 0;
  #holdFrom = Infinity;
  #reached = Promise.withResolvers<void>();
  #released = Promise.withResolvers<void>();
  interfere: Interference = () => undefined;

  private constructor(private readonly server: () => ScriptedOpenAi) {}

  static async start(scope: Scope, latencyMs = LATENCY_MS): Promise<Endpoint> {
    const script = defaultScript({ golds: task.golds });
    let server: ScriptedOpenAi | undefined = undefined;
    const endpoint = new Endpoint(() => server as unknown as ScriptedOpenAi);
    server = await startScriptedOpenAi({
      latencyMs,
      script: async (request, index) => {
        endpoint.#open += 1;
        try {
          await endpoint.#pass(index);
          return endpoint.interfere(request, index) ?? (await script(request, index));
        } finally {
          endpoint.#open -= 1;
        }
      },
    });
    scope.defer(() => {
      endpoint.release();
      return server?.close();
    });
    return endpoint;
  }

  get baseUrl(): string {
    return this.server().baseUrl;
  }

  /** Calls received so far. */
  get count(): number {
    return this.server().count;
  }

  /** Calls that are held back now. */
  get open(): number {
    return this.#open;
  }

  get requests(): readonly ChatRequest[] {
    return this.server().requests;
  }

  /** Holds back the reply to the call of this 0-based number and to all later ones, until `release`. Resolves when the first is held. */
  hold(from: number): Promise<void> {
    this.#reached = Promise.withResolvers();
    this.#released = Promise.withResolvers();
    this.#holdFrom = from;
    return this.#reached.promise;
  }

  release(): void {
    this.#holdFrom = Infinity;
    this.#released.resolve();
  }

  /** How often calls were made beyond `allowed` times, by the request's text. */
  repeated(allowed: ReadonlyMap<string, number>): number {
    let again = 0;
    for (const [raw, times] of this.timesSent()) again += Math.max(0, times - (allowed.get(raw) ?? 0));
    return again;
  }

  /** How often each request was made, by its text without what names the run. */
  timesSent(): Map<string, number> {
    const times = new Map<string, number>();
    for (const { raw } of this.requests) times.set(raw, (times.get(raw) ?? 0) + 1);
    return times;
  }

  async #pass(index: number): Promise<void> {
    if (index < this.#holdFrom) return;
    this.#reached.resolve();
    await this.#released.promise;
  }
}
