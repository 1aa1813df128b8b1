import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelPath } from './model-path.js';
import { MODEL, serve, type Served } from './testing/served.js';

const long = (question: string) => ({
  model: MODEL,
  messages: [{ role: 'user', content: question }],
  stream: true,
  temperature: 0,
  max_tokens: 40,
});

/** A streamed request that has been taken; `text` resolves with all of its events. */
async function begin(engine: Served, question: string) {
  const gone = new AbortController();
  const response = await engine.post('/chat/completions', long(question), gone.signal);
  return { response, text: response.text().catch(() => 'aborted'), abort: () => gone.abort() };
}

describe('queue', () => {
  it('takes as many waiting requests as allowed and answers 429 with Retry-After past them', async () => {
    const engine = await serve({ TRPROMPT_ENGINE_PARALLEL: '1', TRPROMPT_ENGINE_QUEUE: '1' });
    try {
      const running = await begin(engine, 'Tell a long story.');
      const waiting = await begin(engine, 'Tell another.');
      expect([running.response.status, waiting.response.status]).toEqual([200, 200]);
      expect(await engine.metric('vllm:num_requests_waiting')).toBe(1);
      const refused = await engine.post('/chat/completions', long('And a third.'));
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ error: { type: 'TooManyRequestsError', code: 429 } });
      waiting.abort();
      expect(await running.text).toContain('[DONE]');
    } finally {
      await engine.close();
    }
  });
});

describe('shutdown', () => {
  it('answers what was taken and refuses what comes, with /health at 503', async () => {
    const engine = await serve();
    expect((await engine.get('/health')).status).toBe(200);
    const running = await begin(engine, 'Tell a long story.');
    const closed = engine.close(30_000);
    expect((await engine.get('/health')).status).toBe(503);
    const refused = await engine.post('/chat/completions', long('More.'));
    expect([refused.status, await refused.json()]).toMatchObject([503, { error: { code: 503 } }]);
    expect(await running.text).toContain('[DONE]');
    await closed;
    await expect(engine.get('/health')).rejects.toThrow('fetch failed');
  });

  it('ends running answers with an error once the time to finish is over', async () => {
    const engine = await serve();
    const running = await begin(engine, 'Tell a long story.');
    await engine.close(0);
    expect(await running.text).toContain('"code":503');
  });
});

describe('model file', () => {
  it('that is missing, damaged or not the expected one stops the start with a sentence that says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-model-'));
    try {
      const missing = join(folder, 'missing.gguf');
      await expect(serve({ TRPROMPT_ENGINE_MODEL: missing })).rejects.toMatchObject({
        kind: 'missing',
        message: expect.stringContaining('missing.gguf does not exist'),
      });
      const damaged = join(folder, 'damaged.gguf');
      await writeFile(damaged, 'GGUF and then nothing of use');
      await expect(serve({ TRPROMPT_ENGINE_MODEL: damaged })).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining('cannot be loaded'),
      });
      const truncated = join(folder, 'truncated.gguf');
      await writeFile(truncated, (await readFile(modelPath())).subarray(0, 20_000_000));
      await expect(serve({ TRPROMPT_ENGINE_MODEL: truncated })).rejects.toMatchObject({ kind: 'corrupt' });
      await expect(serve({ TRPROMPT_ENGINE_MODEL_SHA256: '0'.repeat(64) })).rejects.toMatchObject({
        kind: 'corrupt',
        message: expect.stringContaining('instead of 000'),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
