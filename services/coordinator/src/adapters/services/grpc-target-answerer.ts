import type { RunConfig } from '@trprompt/core';
import type { Client } from '@trprompt/grpc';
import {
  AnswerRequest,
  type AnswerResponse,
  type TargetLlmServiceService,
} from '@trprompt/proto/target_llm/v1/target_llm';
import {
  TargetAnswerer,
  type CallScope,
  type AnswerTask,
  type Session,
  type TargetAnswer,
} from '../../domain/ports.js';
import { toPlacement, toUsage } from '../wire/common.js';
import { batchedSession } from './batched-session.js';
import { batchDeadlineMs } from './rpc-failure.js';

/** The target model behind its gRPC service. */
export class GrpcTargetAnswerer extends TargetAnswerer {
  constructor(private readonly client: Client<typeof TargetLlmServiceService>) {
    super();
  }

  open(scope: CallScope, config: RunConfig['target']): Session<AnswerTask, TargetAnswer> {
    const { template, placement, system, role, model, decoding } = config;
    const { runId } = scope;
    const settings = { runId, template, placement: toPlacement(placement), system, role, model, decoding };
    return batchedSession<AnswerTask, AnswerResponse, TargetAnswer>({
      send: (items, signal) =>
        this.client.answer(AnswerRequest.fromPartial({ ...settings, items }), {
          runId,
          signal,
          deadlineMs: batchDeadlineMs(scope),
        }),
      read: ({ result }) => {
        if (result?.$case === 'error') return { error: result.value };
        if (!result) return undefined;
        const { text, finishReason, usage } = result.value;
        return { result: { text, finish: finishReason, usage: toUsage(usage) } };
      },
    });
  }
}
