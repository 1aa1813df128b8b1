import type { GradingSettings, PureGraderKind } from '@trprompt/core';
import { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from './grader.js';
import { SandboxFailure } from './sandbox/failure.js';
import type { TextRequest } from './sandbox/protocol.js';
import { Sandbox } from './sandbox/sandbox.js';
import { checkLength } from './text-limit.js';

/** Milliseconds that one text may take: with what it takes to hand it over and back, a second. */
const TIMEOUT_MS = 850;
const MEMORY_MIB = 1024;
/** Requests that a process has ahead, so that it never waits for the next. */
const DEPTH = 32;

/**
 * The pure kinds in processes of their own: several at once, and should a text ever take too long, its process is killed and the rest goes on.
 * All graders that are opened share the processes. They look at gold answers too.
 */
export class IsolatedGraders {
  readonly #sandbox: Sandbox<TextRequest, GradedVerdict>;

  /** @param processes most processes at once; default: one a core, at least 2 */
  constructor(processes?: number) {
    this.#sandbox = new Sandbox(
      { type: 'text' },
      { timeoutMs: TIMEOUT_MS, memoryMiB: MEMORY_MIB, depth: DEPTH, processes },
    );
  }

  /** A grader; closing it leaves the processes to the others. */
  open(settings: GradingSettings & { kind: PureGraderKind }): Grader {
    return new IsolatedGrader(settings, this.#sandbox);
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }
}

class IsolatedGrader extends Grader {
  readonly #settings: string;

  constructor(
    settings: GradingSettings & { kind: PureGraderKind },
    private readonly sandbox: Sandbox<TextRequest, GradedVerdict>,
  ) {
    super();
    const { kind } = settings;
    // The options of the other kinds need not be sent with every text.
    this.#settings = JSON.stringify(
      kind in settings ? { kind, [kind]: settings[kind as 'choice'] } : { kind },
    );
  }

  async grade({ text, form, finish, gold }: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    checkLength(text);
    checkLength(gold);
    try {
      const request = { settings: this.#settings, text, form, finish, gold };
      return await this.sandbox.run(request, signal, text.length + gold.length);
    } catch (error) {
      if (!(error instanceof SandboxFailure)) throw error;
      throw new GraderFailure(`comparing the answer ${error.message}`, { cause: error });
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
