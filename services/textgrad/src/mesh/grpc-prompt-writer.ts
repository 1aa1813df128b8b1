import { createClient, MicroBatcher, type Client } from '@trprompt/grpc';
import { noUsage } from '@trprompt/llm';
import {
  PromptModelServiceService,
  type GeneratePromptsResponse,
  type PromptItem,
} from '@trprompt/proto/prompt_model/v1/prompt_model';
import { PromptWriter, type PromptSettings, type WritePrompt } from '../ports/prompt-writer.js';
import { callFailureOf, itemFailureOf } from './call-failure-of.js';
import { batching, DEADLINE_MS } from './settings.js';

/** The prompt model service over gRPC. */
export class GrpcPromptWriter extends PromptWriter {
  private readonly client: Client<typeof PromptModelServiceService>;

  constructor(address: string) {
    super();
    this.client = createClient(PromptModelServiceService, address, { defaultDeadlineMs: DEADLINE_MS });
  }

  override under(reward: string, settings: PromptSettings): WritePrompt {
    const { runId } = settings;
    const batcher = new MicroBatcher<PromptItem, GeneratePromptsResponse>({
      ...batching,
      send: (items, signal) =>
        this.client.generatePrompts(
          { ...settings, decoding: wireDecoding(settings), reward, items },
          { signal, runId },
        ),
      key: (item) => item.itemId,
      resultKey: (response) => response.itemId,
    });
    return async (item, signal) => {
      const { itemId, result } = await batcher.call(item, { signal }).catch((error: unknown) => {
        throw callFailureOf(error);
      });
      if (result?.$case === 'error') throw itemFailureOf(result.value);
      if (!result) throw new Error(`the prompt model sent nothing for item "${itemId}"`);
      return { text: result.value.text, usage: result.value.usage ?? noUsage() };
    };
  }

  /** Called by Nest at shutdown. */
  onModuleDestroy(): void {
    this.client.close();
  }
}

function wireDecoding({ decoding }: PromptSettings): PromptSettings['decoding'] & { stop: string[] } {
  return { ...decoding, stop: [...decoding.stop] };
}
