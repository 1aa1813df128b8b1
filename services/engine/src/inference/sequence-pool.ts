import type {
  BatchItem,
  LlamaContext,
  LlamaContextSequence,
  PrioritizedBatchItem,
  Token,
} from 'node-llama-cpp';
import type { LanguageModel } from './language-model.js';

export interface SequencePoolOptions {
  /** Sequences that decode together. */
  sequences: number;
  /** Tokens per sequence. */
  contextSize: number;
  /** Tokens of all sequences evaluated in one pass. */
  batchSize: number;
  threads: number;
  /** GGUF file of the LoRA adapter; none: the base model. llama.cpp fixes it per context. */
  adapterPath?: string;
}

/** A sequence and how many of its first tokens were evaluated as part of a prompt; those after were drawn. */
export interface Slot {
  readonly sequence: LlamaContextSequence;
  /** Position among the sequences of its context, from 0. */
  readonly index: number;
  prefilled: number;
}

/**
 * The sequences of one served model. A sequence that is given back keeps its tokens' state, and the next request goes to the
 * free sequence that already holds the longest start of its prompt.
 */
export class SequencePool {
  private readonly free: Slot[];

  private constructor(
    private readonly context: LlamaContext,
    readonly size: number,
  ) {
    this.free = Array.from({ length: size }, (_, index) => ({
      sequence: context.getSequence(),
      index,
      prefilled: 0,
    }));
  }

  /** @throws when llama.cpp cannot create the context, for one because the adapter does not fit the model. */
  static async create(model: LanguageModel, options: SequencePoolOptions): Promise<SequencePool> {
    const context = await model.weights.createContext({
      sequences: options.sequences,
      contextSize: options.contextSize,
      batchSize: options.batchSize,
      threads: options.threads,
      // Past 512 tokens it splits the context over the threads, and the logits change with their number.
      flashAttention: false,
      batching: { itemPrioritizationStrategy: bySequence },
      ...(options.adapterPath === undefined ? {} : { lora: options.adapterPath }),
    });
    return new SequencePool(context, options.sequences);
  }

  /** Whether no sequence is in use. */
  get idle(): boolean {
    return this.free.length === this.size;
  }

  get available(): number {
    return this.free.length;
  }

  /** Takes the free sequence that shares the longest prefix with `prompt`; among equals the one unused longest. */
  acquire(prompt: Token[]): Slot | undefined {
    let best = -1;
    let shared = -1;
    for (const [index, { sequence, prefilled }] of this.free.entries()) {
      const common = Math.min(sequence.compareContextTokens(prompt).firstDifferentIndex, prefilled);
      if (common > shared) {
        best = index;
        shared = common;
      }
    }
    return best < 0 ? undefined : this.free.splice(best, 1)[0];
  }

  release(slot: Slot): void {
    this.free.push(slot);
  }

  async dispose(): Promise<void> {
    await this.context.dispose();
  }
}

/**
 * Puts the tokens of a batch in the order of their sequences, which evaluations pass as their priority. In any other order
 * llama.cpp sorts the logits at the first read, and node-llama-cpp samples the sequences in several threads at once: they would read
 * logits of each other.
 */
function bySequence({ items, size }: { items: readonly BatchItem[]; size: number }): PrioritizedBatchItem[] {
  let left = size;
  return items
    .toSorted((a, b) => a.evaluationPriority - b.evaluationPriority)
    .map((item) => {
      const processAmount = Math.min(item.tokens.length, left);
      left -= processAmount;
      return { item, processAmount };
    })
    .filter(({ processAmount }) => processAmount > 0);
}
