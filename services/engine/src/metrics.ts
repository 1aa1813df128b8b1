import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { GenerationObserver } from './inference/generation.js';

/** The engine's metrics, under vLLM's names where vLLM has them. */
export class EngineMetrics implements GenerationObserver {
  readonly registry = new Registry();
  private readonly promptTokens: Counter;
  private readonly cachedTokens: Counter;
  private readonly generationTokens: Counter;
  private readonly finished: Counter<'finished_reason'>;
  private readonly seconds: Histogram;

  /**
   * @param modelName value of the label `model_name`, the base model.
   * @param current requests at this moment.
   */
  constructor(modelName: string, current: () => { running: number; waiting: number }) {
    const registers = [this.registry];
    this.registry.setDefaultLabels({ model_name: modelName });
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(
      new Gauge({
        name: 'vllm:num_requests_running',
        help: 'Requests that are decoded now.',
        registers: [],
        collect() {
          this.set(current().running);
        },
      }),
    );
    this.registry.registerMetric(
      new Gauge({
        name: 'vllm:num_requests_waiting',
        help: 'Requests that wait for a free sequence.',
        registers: [],
        collect() {
          this.set(current().waiting);
        },
      }),
    );
    this.promptTokens = new Counter({
      name: 'vllm:prompt_tokens_total',
      help: 'Prompt tokens of requests that started.',
      registers,
    });
    this.cachedTokens = new Counter({
      name: 'vllm:prefix_cache_hits_total',
      help: 'Prompt tokens that were still evaluated from an earlier request.',
      registers,
    });
    this.generationTokens = new Counter({
      name: 'vllm:generation_tokens_total',
      help: 'Tokens drawn.',
      registers,
    });
    this.finished = new Counter({
      name: 'vllm:request_success_total',
      help: 'Requests answered, by what ended the answer.',
      labelNames: ['finished_reason'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'vllm:e2e_request_latency_seconds',
      help: 'Time from taking a request to its answer.',
      buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300],
      registers,
    });
  }

  prompt(tokens: number, cached: number): void {
    this.promptTokens.inc(tokens);
    this.cachedTokens.inc(cached);
  }

  token(): void {
    this.generationTokens.inc();
  }

  answered(reason: string, seconds: number): void {
    this.finished.inc({ finished_reason: reason });
    this.seconds.observe(seconds);
  }
}
