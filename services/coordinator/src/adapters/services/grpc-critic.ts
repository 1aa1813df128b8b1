import type { RunConfig } from '@trprompt/core';
import type { Client } from '@trprompt/grpc';
import {
  CriticMode,
  CritiqueRequest,
  type CritiqueResponse,
  type RewardCriticServiceService,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import {
  Critic,
  type CallScope,
  type CritiqueTask,
  type Session,
  type TextualReward,
} from '../../domain/ports.js';
import { toUsage } from '../wire/common.js';
import { batchedSession } from './batched-session.js';
import { batchDeadlineMs } from './rpc-failure.js';

const modes = {
  llm: CriticMode.CRITIC_MODE_LLM,
  verifier: CriticMode.CRITIC_MODE_VERIFIER,
  hybrid: CriticMode.CRITIC_MODE_HYBRID,
} as const;

/** The reward critic behind its gRPC service. */
export class GrpcCritic extends Critic {
  constructor(private readonly client: Client<typeof RewardCriticServiceService>) {
    super();
  }

  open(scope: CallScope, config: RunConfig['critic']): Session<CritiqueTask, TextualReward> {
    const { template, mode, system, model, decoding } = config;
    const { runId } = scope;
    const settings = { runId, template, mode: modes[mode], system, model, decoding };
    return batchedSession<CritiqueTask, CritiqueResponse, TextualReward>({
      send: (tasks, signal) => {
        const items = tasks.map(({ finish, ...task }) => ({ ...task, answerFinishReason: finish }));
        const request = CritiqueRequest.fromPartial({ ...settings, items });
        return this.client.critique(request, { runId, signal, deadlineMs: batchDeadlineMs(scope) });
      },
      read: ({ result }) => {
        if (result?.$case === 'error') return { error: result.value };
        if (!result) return undefined;
        const { text, redactions, usage } = result.value;
        return { result: { text, redactions, usage: toUsage(usage) } };
      },
    });
  }
}
