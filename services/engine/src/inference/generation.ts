import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { IncrementalText } from './incremental-text.js';
import type { LanguageModel } from './language-model.js';
import { StopStrings } from './stop-strings.js';

/** How the next token is drawn. */
export interface Sampling {
  /** 0 takes the likeliest token; up to 2. */
  temperature: number;
  /** Share of probability that is kept, above 0 to 1; 1 keeps all. */
  topP: number;
  /** Likeliest tokens that are kept; 0 keeps all. */
  topK: number;
  /** Least probability relative to the likeliest token, 0 to 1; 0 keeps all. */
  minP: number;
  /** 0 to 2^32 - 2. The same seed and prompt give the same text. */
  seed: number;
}

/** One answer to generate. */
export interface GenerationRequest {
  prompt: Token[];
  /** Tokens at most, at least 1; prompt and this together fit the context. */
  maxTokens: number;
  sampling: Sampling;
  stop: readonly string[];
}

export interface GenerationResult {
  text: string;
  /** `stop`: the model or a stop string ended the answer; `length`: maxTokens did. */
  finishReason: 'stop' | 'length';
  promptTokens: number;
  /** Prompt tokens whose state was still there from an earlier request. */
  cachedTokens: number;
  /** Tokens drawn, the one that ended the answer included. */
  completionTokens: number;
}

/** Told about work done, for metrics. */
export interface GenerationObserver {
  /** A request started. */
  prompt(tokens: number, cached: number): void;
  /** A token was drawn. */
  token(): void;
}

/** A request on its sequence. Each `step` evaluates a part of the prompt or draws one token. */
export class Generation {
  private todo: Token[];
  private tokens: AsyncGenerator<Token, void, void | Token | Token[]> | undefined;
  private readonly text: IncrementalText<Token>;
  private readonly stops: StopStrings;
  private released = '';
  private drawn = 0;
  private cached = -1;

  constructor(
    private readonly model: LanguageModel,
    readonly sequence: LlamaContextSequence,
    private readonly request: GenerationRequest,
    private readonly observer: GenerationObserver,
    private readonly onText?: (text: string) => void,
  ) {
    this.todo = request.prompt;
    this.text = new IncrementalText((tokens) => model.decode(tokens));
    this.stops = new StopStrings(request.stop);
  }

  /**
   * One step; resolves with the result when it was the last.
   * @param chunk prompt tokens evaluated at most.
   */
  async step(chunk: number): Promise<GenerationResult | undefined> {
    if (this.cached < 0) await this.reusePrefix();
    if (this.tokens === undefined) {
      if (this.todo.length > chunk) {
        await this.sequence.evaluateWithoutGeneratingNewTokens(this.todo.slice(0, chunk));
        this.todo = this.todo.slice(chunk);
        return undefined;
      }
      const { temperature, topP, topK, minP, seed } = this.request.sampling;
      this.tokens = this.sequence.evaluate(this.todo, {
        temperature,
        topP,
        topK,
        minP,
        seed,
        yieldEogToken: true,
      });
    }
    const next = await this.tokens.next();
    if (next.done) return this.finish('stop');
    return this.accept(next.value);
  }

  /** Lets the sampler go; the sequence keeps the state of what was evaluated. */
  async end(): Promise<void> {
    await this.tokens?.return();
  }

  private async reusePrefix(): Promise<void> {
    // The last prompt token is always evaluated: the first token of the answer is drawn from its logits.
    await this.sequence.adaptStateToTokens(this.request.prompt.slice(0, -1), false);
    this.cached = this.sequence.nextTokenIndex;
    this.todo = this.request.prompt.slice(this.cached);
    this.observer.prompt(this.request.prompt.length, this.cached);
  }

  private accept(token: Token): GenerationResult | undefined {
    this.drawn += 1;
    this.observer.token();
    if (this.model.endsAnswer(token)) return this.finish('stop');
    this.release(this.stops.push(this.text.push(token)));
    if (this.stops.stopped) return this.finish('stop');
    return this.drawn >= this.request.maxTokens ? this.finish('length') : undefined;
  }

  private finish(reason: GenerationResult['finishReason']): GenerationResult {
    if (!this.stops.stopped) this.release(this.stops.push(this.text.flush()));
    const finishReason = this.stops.stopped ? 'stop' : reason;
    if (!this.stops.stopped) this.release(this.stops.flush());
    return {
      text: this.released,
      finishReason,
      promptTokens: this.request.prompt.length,
      cachedTokens: this.cached,
      completionTokens: this.drawn,
    };
  }

  private release(text: string): void {
    if (text === '') return;
    this.released += text;
    this.onText?.(text);
  }
}
