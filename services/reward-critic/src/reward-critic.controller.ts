import type { Metadata } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { defaultTemplates } from '@trprompt/core';
import { checkDecoding, checkText, TemplateBook, type ItemOutcome } from '@trprompt/llm';
import {
  RewardCriticServiceControllerMethods,
  type CritiqueRequest,
  type CritiqueResponse,
  type RewardCriticServiceController,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import { invalidArgument, notFound, toObservable, type ClientCall } from '@trprompt/service';
import type { Observable } from 'rxjs';
import { gradedFromWire, itemsFromWire, modeFromWire } from './from-wire.js';
import {
  RewardCritic,
  type ModelBatch,
  type TextualReward,
  type VerifierBatch,
} from './reward-critic.service.js';

/** What a request may leave out. */
export abstract class CriticDefaults {
  abstract readonly model: string;
}

@Controller()
@RewardCriticServiceControllerMethods()
export class RewardCriticController implements RewardCriticServiceController {
  constructor(
    @Inject(RewardCritic) private readonly critic: RewardCritic,
    @Inject(TemplateBook) private readonly templates: TemplateBook<'critic'>,
    @Inject(CriticDefaults) private readonly defaults: CriticDefaults,
  ) {}

  critique(request: CritiqueRequest, _metadata?: Metadata, call?: ClientCall): Observable<CritiqueResponse> {
    return toObservable((signal, deadlineAt) => this.stream(request, signal, deadlineAt), call);
  }

  private async *stream(
    request: CritiqueRequest,
    signal: AbortSignal,
    deadlineAt: number,
  ): AsyncIterable<CritiqueResponse> {
    for await (const outcome of this.critic.critique(this.fromWire(request), signal, deadlineAt))
      yield toWire(outcome);
  }

  private fromWire(request: CritiqueRequest): VerifierBatch | ModelBatch {
    const mode = modeFromWire(request.mode);
    if (mode === 'verifier') return { mode, items: gradedFromWire(request.items, mode) };
    checkText('system', request.system, invalidArgument);
    const settings = {
      template: this.templates.get(request.template || defaultTemplates.critic[mode], notFound),
      system: request.system,
      model: request.model || this.defaults.model,
      decoding: checkDecoding(request.decoding, invalidArgument),
    };
    return mode === 'llm'
      ? { mode, items: itemsFromWire(request.items), ...settings }
      : { mode, items: gradedFromWire(request.items, mode), ...settings };
  }
}

function toWire({ itemId, result, failure }: ItemOutcome<TextualReward>): CritiqueResponse {
  return failure
    ? { itemId, result: { $case: 'error', value: failure } }
    : { itemId, result: { $case: 'reward', value: result } };
}
