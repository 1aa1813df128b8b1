import type { GradingSettings } from '@trprompt/core';
import { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from '../grader.js';
import { SandboxFailure, type SandboxProblem } from '../sandbox/failure.js';
import type { ModuleAnswer, ModuleRequest } from '../sandbox/protocol.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { checkLength } from '../text-limit.js';
import { customVerdict } from './custom-verdict.js';

const DEFAULT_SECONDS = 0.8;

const fixes: Record<SandboxProblem, string> = {
  time: ': make it faster, or raise grading.custom.timeoutSeconds',
  memory: ': make it smaller, or raise grading.custom.memoryMiB',
  threw: '',
  ended: ': it must return instead',
  unusable: '',
};

/** Kind `custom` with a module: its default export grades, in a process that is killed past its time and memory. */
export class ModuleGrader extends Grader {
  readonly #sandbox: Sandbox<ModuleRequest, ModuleAnswer>;

  /** @param path absolute */
  constructor(
    private readonly settings: GradingSettings,
    path: string,
    processes?: number,
  ) {
    super();
    const { timeoutSeconds, memoryMiB } = settings.custom;
    this.#sandbox = new Sandbox(
      { type: 'module', path },
      { timeoutMs: (timeoutSeconds || DEFAULT_SECONDS) * 1000, memoryMiB, processes },
    );
  }

  async grade(request: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    const { question, prompt = '', text, gold } = request;
    checkLength(text);
    try {
      const request = { question, prompt, response: text, gold };
      const answer = await this.#sandbox.run(request, signal, text.length);
      return customVerdict(answer);
    } catch (error) {
      if (!(error instanceof SandboxFailure)) throw error;
      const { problem, message } = error;
      const what = problem === 'unusable' ? `cannot be loaded: ${message}` : message;
      throw new GraderFailure(
        `the grader module ${this.settings.custom.module} ${problem === 'threw' ? threw(message) : what}${fixes[problem]}`,
        { cause: error },
      );
    }
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }
}

function threw(message: string): string {
  return /^(?:returned|threw) /.test(message) ? message : `threw: ${message}`;
}
