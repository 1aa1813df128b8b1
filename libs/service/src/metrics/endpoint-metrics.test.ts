import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { EndpointMetrics } from './endpoint-metrics.js';

const endpoint = 'http://127.0.0.1:1/v1';

describe('the metrics of an endpoint', () => {
  it('show the state of its circuit, its attempts and retries, and each change of the circuit is logged once', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
    const registry = new Registry();
    const metrics = new EndpointMetrics({ logger, registry });
    metrics.attempted(endpoint, 'OK');
    metrics.attempted(endpoint, 'UNAVAILABLE');
    metrics.retried(endpoint, true);
    metrics.retried(endpoint, false);
    metrics.circuitChanged(endpoint, 'open', 'HTTP 503', 900.4);
    expect(await registry.metrics()).toContain(`trprompt_llm_circuit_state{endpoint="${endpoint}"} 2`);
    metrics.circuitChanged(endpoint, 'half-open', '', 0);
    metrics.circuitChanged(endpoint, 'closed', '', 0);
    const text = await registry.metrics();
    for (const line of [
      `trprompt_llm_circuit_state{endpoint="${endpoint}"} 0`,
      `trprompt_llm_attempts_total{endpoint="${endpoint}",outcome="OK"} 1`,
      `trprompt_llm_attempts_total{endpoint="${endpoint}",outcome="UNAVAILABLE"} 1`,
      `trprompt_llm_retries_total{endpoint="${endpoint}",allowed="true"} 1`,
      `trprompt_llm_retries_total{endpoint="${endpoint}",allowed="false"} 1`,
    ])
      expect(text).toContain(line);
    expect(lines).toMatchObject([
      { level: 40, endpoint, circuit: 'open', reason: 'HTTP 503', probeInMs: 900 },
      { level: 30, endpoint, circuit: 'half-open' },
      { level: 30, endpoint, circuit: 'closed' },
    ]);
  });
});
