import type { Placement } from '@trprompt/core';
import { createClient, MicroBatcher, type Client } from '@trprompt/grpc';
import { noUsage } from '@trprompt/llm';
import {
  Placement as WirePlacement,
  TargetLlmServiceService,
  type AnswerItem,
  type AnswerRequest,
  type AnswerResponse,
} from '@trprompt/proto/target_llm/v1/target_llm';
import { TargetAnswerer, type AnswerQuestion, type TargetSettings } from '../ports/target-answerer.js';
import { callFailureOf, itemFailureOf } from './call-failure-of.js';
import { batching, DEADLINE_MS } from './settings.js';

/** The target model service over gRPC. */
export class GrpcTargetAnswerer extends TargetAnswerer {
  private readonly client: Client<typeof TargetLlmServiceService>;

  constructor(address: string) {
    super();
    this.client = createClient(TargetLlmServiceService, address, { defaultDeadlineMs: DEADLINE_MS });
  }

  override using(settings: TargetSettings): AnswerQuestion {
    const { runId } = settings;
    const batcher = new MicroBatcher<AnswerItem, AnswerResponse>({
      ...batching,
      send: (items, signal) => this.client.answer(toWire(settings, items), { signal, runId }),
      key: (item) => item.itemId,
      resultKey: (response) => response.itemId,
    });
    return async (item, signal) => {
      const { itemId, result } = await batcher.call(item, { signal }).catch((error: unknown) => {
        throw callFailureOf(error);
      });
      if (result?.$case === 'error') throw itemFailureOf(result.value);
      if (!result) throw new Error(`the target model sent nothing for item "${itemId}"`);
      return { text: result.value.text, usage: result.value.usage ?? noUsage() };
    };
  }

  /** Called by Nest at shutdown. */
  onModuleDestroy(): void {
    this.client.close();
  }
}

function toWire({ placement, decoding, ...settings }: TargetSettings, items: AnswerItem[]): AnswerRequest {
  return {
    ...settings,
    placement: placement === undefined ? WirePlacement.PLACEMENT_UNSPECIFIED : placements[placement],
    decoding: { ...decoding, stop: [...decoding.stop] },
    items,
  };
}

const placements: Record<Placement, WirePlacement> = {
  append: WirePlacement.PLACEMENT_APPEND,
  prepend: WirePlacement.PLACEMENT_PREPEND,
  system: WirePlacement.PLACEMENT_SYSTEM,
};
