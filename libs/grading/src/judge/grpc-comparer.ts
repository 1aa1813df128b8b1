import type { GradingSettings, Judgement, Usage, Winner } from '@trprompt/core';
import { MicroBatcher, type Client } from '@trprompt/grpc';
import type { ItemError } from '@trprompt/proto/inference/v1/inference';
import {
  JudgeRequest,
  Winner as WireWinner,
  type Judgement as WireJudgement,
  type JudgeResponse,
  type RewardCriticServiceService,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import type { Comparer, JudgeTask } from './judge-grader.js';

/** Comparisons of one RPC at most, and how long the first of them waits for others. */
const BATCH = { maxItems: 64, maxDelayMs: 2 };

/** How the judge of the reward critic service is reached. */
export interface JudgeConnection {
  client: Client<typeof RewardCriticServiceService>;
  runId: string;
  /** Milliseconds that a batch may take from now on, at least 1. */
  deadlineMs: () => number;
  /** What is thrown for a comparison that failed. */
  itemFailure: (error: ItemError) => Error;
  /** What is thrown for a call that failed. */
  callFailure: (error: unknown) => unknown;
}

/** The judge behind the gRPC service of the reward critic. Comparisons that come together share a call. */
export class GrpcComparer implements Comparer {
  readonly #batcher: MicroBatcher<JudgeTask, JudgeResponse>;

  constructor(
    settings: GradingSettings['judge'],
    private readonly connection: JudgeConnection,
  ) {
    const { template, system, model, decoding, criteria } = settings;
    const { client, runId, deadlineMs } = connection;
    const shared = { runId, template, system, model, decoding, criteria };
    this.#batcher = new MicroBatcher<JudgeTask, JudgeResponse>({
      ...BATCH,
      send: (items, signal) =>
        client.judge(JudgeRequest.fromPartial({ ...shared, items }), {
          runId,
          signal,
          deadlineMs: deadlineMs(),
        }),
      key: (item) => item.itemId,
      resultKey: (response) => response.itemId,
    });
  }

  async compare(task: JudgeTask, signal: AbortSignal): Promise<Judgement & { usage: Usage }> {
    const { itemFailure, callFailure } = this.connection;
    const { result } = await this.#batcher.call(task, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw callFailure(error);
    });
    if (result?.$case === 'error') throw itemFailure(result.value);
    if (!result) throw callFailure(new Error(`the judge sent nothing for item "${task.itemId}"`));
    return fromWire(result.value);
  }

  close(): void {
    this.#batcher.close();
  }
}

const winners: ReadonlyMap<WireWinner, Winner> = new Map([
  [WireWinner.WINNER_CANDIDATE, 'candidate'],
  [WireWinner.WINNER_REFERENCE, 'reference'],
]);

function fromWire({ winner, inconsistent, unreadable, usage }: WireJudgement): Judgement & { usage: Usage } {
  const { calls = 0, promptTokens = 0, completionTokens = 0, cachedPromptTokens = 0 } = usage ?? {};
  return {
    winner: winners.get(winner) ?? 'tie',
    inconsistent,
    unreadable,
    usage: { calls, promptTokens, completionTokens, cachedPromptTokens },
  };
}
