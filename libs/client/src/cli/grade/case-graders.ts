import { setMaxListeners } from 'node:events';
import { goldProblem, type ExtractionMethod, type GraderKind, type GradingSettings } from '@trprompt/core';
import pLimit from 'p-limit';
import {
  createGrader,
  GraderFailure,
  isPure,
  IsolatedGraders,
  type GradedVerdict,
  type Grader,
} from '@trprompt/grading';
import type { Case, CaseId } from './case.js';

/** A line of the output. */
export interface Graded {
  id: CaseId;
  correct: boolean;
  extracted: string;
  method: ExtractionMethod;
  reason: string;
  verdicts?: Record<string, boolean>;
  /** Why there is no verdict; `correct` is false then and says nothing. */
  error?: string;
  /** The line, from 1; with `error` only. */
  line?: number;
}

/** A line that was not graded. */
export function notGraded(id: CaseId, line: number, error: string): Graded {
  return { id, correct: false, extracted: '', method: 'none', reason: 'not graded', error, line };
}

export interface CaseGraderOptions {
  /** The settings of a kind. */
  settings: (kind: GraderKind) => GradingSettings;
  /** Most processes at once; 0: pure kinds are graded in this one. */
  workers: number;
  /** Folder that modules are named from. */
  folder: string;
}

/** Answers that an endpoint is asked about at once. */
const ENDPOINT_CONCURRENCY = 32;

/** The graders of all kinds that a file has, made as they are needed. */
export class CaseGraders {
  readonly #graders = new Map<GraderKind, { grader: Grader; settings: GradingSettings } | GraderFailure>();
  readonly #signal = new AbortController();
  readonly #endpoint = pLimit(ENDPOINT_CONCURRENCY);
  readonly #isolated: IsolatedGraders;

  constructor(private readonly options: CaseGraderOptions) {
    // Every case in flight listens.
    setMaxListeners(0, this.#signal.signal);
    this.#isolated = new IsolatedGraders(options.workers || undefined);
  }

  /** A verdict, or why there is none; never rejects. */
  async grade({ id, kind, request }: Case, line: number): Promise<Graded> {
    try {
      const { grader, settings } = this.#of(kind);
      const inProcess = this.options.workers === 0 && isPure(settings);
      const grade = (): Promise<GradedVerdict> => grader.grade(request, this.#signal.signal);
      const atEndpoint = settings.kind === 'custom' && settings.custom.module === '';
      const {
        usage: _usage,
        goldProblem: found,
        ...verdict
      } = await (atEndpoint ? this.#endpoint(grade) : grade());
      const problem = verdict.correct || !inProcess ? found : goldProblem(settings, request.gold);
      return problem === undefined ? { id, ...verdict } : { id, ...verdict, error: `gold ${problem}`, line };
    } catch (error) {
      return notGraded(id, line, error instanceof Error ? error.message : String(error));
    }
  }

  async close(): Promise<void> {
    const opened = [...this.#graders.values()].flatMap((made) => ('grader' in made ? [made.grader] : []));
    await Promise.all([this.#isolated.close(), ...opened.map((grader) => grader.close())]);
  }

  #of(kind: GraderKind): { grader: Grader; settings: GradingSettings } {
    let made = this.#graders.get(kind);
    if (made === undefined) {
      made = this.#make(kind);
      this.#graders.set(kind, made);
    }
    if (made instanceof GraderFailure) throw made;
    return made;
  }

  #make(kind: GraderKind): { grader: Grader; settings: GradingSettings } | GraderFailure {
    try {
      const settings = this.options.settings(kind);
      return { grader: this.#grader(settings), settings };
    } catch (error) {
      // The same for every case of this kind.
      return error instanceof GraderFailure ? error : new GraderFailure((error as Error).message);
    }
  }

  #grader(settings: GradingSettings): Grader {
    const { workers, folder } = this.options;
    if (isPure(settings) && workers > 0) return this.#isolated.open(settings);
    if (settings.kind === 'judge')
      throw new GraderFailure('kind judge compares answers with a model: it needs a run in a mesh');
    return createGrader(settings, {
      modules: { folder, confined: false },
      processes: workers || undefined,
    });
  }
}
