import type { Client } from '@trprompt/grpc';
import {
  GeneratePromptsRequest,
  type GeneratePromptsResponse,
  type PromptModelServiceService,
} from '@trprompt/proto/prompt_model/v1/prompt_model';
import type { ArtefactRef } from '../../domain/model.js';
import {
  PromptWriter,
  type PromptSettings,
  type PromptTask,
  type Session,
  type WrittenPrompt,
} from '../../domain/ports.js';
import { toUsage } from '../wire/common.js';
import { batchedSession } from './batched-session.js';
import { batchDeadlineMs, isInactiveAdapter, serviceFailure } from './rpc-failure.js';

/** Milliseconds that loading an adapter may take. */
const ACTIVATION_DEADLINE_MS = 5 * 60_000;

/** The prompt model behind its gRPC service. */
export class GrpcPromptWriter extends PromptWriter {
  constructor(private readonly client: Client<typeof PromptModelServiceService>) {
    super();
  }

  async activate(adapter: ArtefactRef, signal: AbortSignal): Promise<void> {
    try {
      await this.client.activateAdapter({ adapter }, { signal, deadlineMs: ACTIVATION_DEADLINE_MS });
    } catch (error) {
      signal.throwIfAborted();
      throw serviceFailure(error);
    }
  }

  open(settings: PromptSettings): Session<PromptTask, WrittenPrompt> {
    return batchedSession<PromptTask, GeneratePromptsResponse, WrittenPrompt>({
      send: (items, signal) => this.#send(settings, items, signal),
      read: ({ result }) => {
        if (result?.$case === 'error') return { error: result.value };
        return result && { result: { text: result.value.text, usage: toUsage(result.value.usage) } };
      },
    });
  }

  /** A prompt model that was restarted has forgotten its adapters: then it is activated again, once. */
  async *#send(
    settings: PromptSettings,
    items: PromptTask[],
    signal: AbortSignal,
  ): AsyncIterable<GeneratePromptsResponse> {
    const { runId, reward, adapter, config } = settings;
    const { template, model, decoding } = config;
    const request = GeneratePromptsRequest.fromPartial({
      runId,
      template,
      reward,
      adapter,
      model,
      decoding,
      items,
    });
    const options = { runId, signal, deadlineMs: batchDeadlineMs(settings) };
    try {
      yield* this.client.generatePrompts(request, options);
    } catch (error) {
      if (!adapter || !isInactiveAdapter(error)) throw error;
      await this.activate(adapter, signal);
      yield* this.client.generatePrompts(request, options);
    }
  }
}
