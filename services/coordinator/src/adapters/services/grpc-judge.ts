import type { Judgement, RunConfig, Usage, Winner } from '@trprompt/core';
import type { Client } from '@trprompt/grpc';
import type { JudgeTask } from '@trprompt/grading';
import {
  JudgeRequest,
  Winner as WireWinner,
  type JudgeResponse,
  type RewardCriticServiceService,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import { Judge, type CallScope, type Session } from '../../domain/ports.js';
import { toUsage } from '../wire/common.js';
import { batchedSession } from './batched-session.js';
import { batchDeadlineMs } from './rpc-failure.js';

const winners: ReadonlyMap<WireWinner, Winner> = new Map([
  [WireWinner.WINNER_CANDIDATE, 'candidate'],
  [WireWinner.WINNER_REFERENCE, 'reference'],
]);

/** The judge behind the gRPC service of the reward critic. */
export class GrpcJudge extends Judge {
  constructor(private readonly client: Client<typeof RewardCriticServiceService>) {
    super();
  }

  open(
    scope: CallScope,
    config: RunConfig['grading']['judge'],
  ): Session<JudgeTask, Judgement & { usage: Usage }> {
    const { template, system, model, decoding, criteria } = config;
    const { runId } = scope;
    const settings = { runId, template, system, model, decoding, criteria };
    return batchedSession<JudgeTask, JudgeResponse, Judgement & { usage: Usage }>({
      send: (items, signal) =>
        this.client.judge(JudgeRequest.fromPartial({ ...settings, items }), {
          runId,
          signal,
          deadlineMs: batchDeadlineMs(scope),
        }),
      read: ({ result }) => {
        if (result?.$case === 'error') return { error: result.value };
        if (!result) return undefined;
        const { winner, inconsistent, unreadable, usage } = result.value;
        return {
          result: { winner: winners.get(winner) ?? 'tie', inconsistent, unreadable, usage: toUsage(usage) },
        };
      },
    });
  }
}
