import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js';
import { gradingSettings } from '@trprompt/core';
import {
  GraderServiceService,
  type GradeRequest,
  type GradeResponse,
} from '@trprompt/proto/grading/v1/grading';
import { afterEach, describe, expect, it } from 'vitest';
import { createGrader } from '../create-grader.js';
import type { Grader } from '../grader.js';
import { failureOf, gradeWith } from '../testing/grading.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Custom = NonNullable<Parameters<typeof gradingSettings>[0]['custom']>;
function grader(custom: Custom, hosts?: string[]): Grader {
  const made = createGrader(gradingSettings({ kind: 'custom', custom }), { hosts });
  closers.push(() => made.close());
  return made;
}

describe('a grader behind HTTP', () => {
  /** An endpoint that answers each request as the next of `answers` does, and the last of them from then on. */
  async function endpoint(
    ...answers: ((response: ServerResponse, body: unknown, request: IncomingMessage) => void)[]
  ): Promise<{ url: string; bodies: unknown[] }> {
    const bodies: unknown[] = [];
    const server: Server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        bodies.push(body);
        answers[Math.min(bodies.length, answers.length) - 1]?.(response, body, request);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/grade`, bodies };
  }
  const json =
    (value: unknown, code = 200) =>
    (response: ServerResponse): void => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };

  it('is given question, prompt, response and gold answer, and decides', async () => {
    const { url, bodies } = await endpoint(json({ correct: true, extracted: '42', reason: 'well said' }));
    expect(await gradeWith(grader({ url }), 'It is 42 🐋.', '42', { prompt: 'Think.' })).toEqual({
      correct: true,
      extracted: '42',
      method: 'whole',
      reason: 'well said',
    });
    expect(bodies).toEqual([{ question: 'Q?', prompt: 'Think.', response: 'It is 42 🐋.', gold: '42' }]);
  });

  it('need say no more than whether it is right', async () => {
    const { url } = await endpoint(json({ correct: false, reason: null }));
    expect(await gradeWith(grader({ url }), 'x')).toMatchObject({
      correct: false,
      reason: 'wrong by the custom grader',
    });
  });

  it('is asked again when it is away for a moment', async () => {
    const { url, bodies } = await endpoint(
      json({}, 503),
      (response) => response.destroy(),
      json({}, 429),
      json({ correct: true }),
    );
    expect(await gradeWith(grader({ url }), 'x')).toMatchObject({ correct: true });
    expect(bodies).toHaveLength(4);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['refuses', json({}, 400), /answered with status 400$/],
    [
      'redirects',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /answered with status 302$/,
    ],
    ['talks', (response) => response.writeHead(200).end('<html>'), /no JSON: <html>$/],
    ['answers nonsense', json({ correct: 'yes' }), /answered \{"correct":"yes"\}: it must answer/],
    ['answers a list', json([]), /answered \[\]: it must answer/],
    ['floods', (response) => response.writeHead(200).end('x'.repeat(2_000_000)), /more than 1048576 bytes/],
  ])('that %s fails at once', async (_name, answer, message) => {
    const { url, bodies } = await endpoint(answer);
    expect((await failureOf(gradeWith(grader({ url }), 'x'))).message).toMatch(message);
    expect(bodies).toHaveLength(1);
  });

  it('that hangs fails when its time is over, all tries together', async () => {
    const { url } = await endpoint(json({}, 500), () => undefined);
    const failure = await failureOf(gradeWith(grader({ url, timeoutSeconds: 0.5 }), 'x'));
    expect(failure.message).toMatch(
      /gave no answer within 0\.5 s \(it answered with status 500\): .*grading\.custom\.timeoutSeconds/,
    );
  });

  it('that is not there fails in the end', async () => {
    const failure = await failureOf(gradeWith(grader({ url: 'http://127.0.0.1:1/' }), 'x'));
    expect(failure.message).toMatch(
      /^the grader at http:\/\/127\.0\.0\.1:1\/ is not reachable: .*ECONNREFUSED|bad port/,
    );
  });

  it('is left alone once nobody waits for it', async () => {
    const giveUp = new AbortController();
    const { url } = await endpoint(() => giveUp.abort(new Error('enough')));
    const grading = grader({ url }).grade(
      { question: '', text: 'x', form: 'response', gold: '' },
      giveUp.signal,
    );
    await expect(grading).rejects.toThrow('enough');
  });

  it('is asked only where the operator permits it', () => {
    const url = 'http://inner.example:8080/grade';
    expect(() => grader({ url }, ['graders.example'])).toThrow(
      /inner\.example:8080, which is not permitted here.*TRPROMPT_GRADER_HOSTS/,
    );
    expect(() => grader({ grpc: 'dns:///inner.example:1' }, ['graders.example'])).toThrow(
      /grading\.custom\.grpc is at inner\.example:1/,
    );
    for (const host of ['inner.example', 'inner.example:8080']) expect(grader({ url }, [host])).toBeDefined();
  });
});

describe('a grader behind gRPC', () => {
  type Handler = (
    request: GradeRequest,
    attempt: number,
  ) => Partial<GradeResponse> | { code: status; details: string } | undefined;

  async function server(handle: Handler): Promise<{ grpc: string; requests: GradeRequest[] }> {
    const requests: GradeRequest[] = [];
    const grpc = new GrpcServer();
    grpc.addService(GraderServiceService, {
      grade: (
        call: { request: GradeRequest },
        answer: (error: object | null, value?: GradeResponse) => void,
      ) => {
        requests.push(call.request);
        const given = handle(call.request, requests.length);
        if (given === undefined) return;
        if ('code' in given) answer(given);
        else answer(null, { correct: false, extracted: '', reason: '', ...given });
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    closers.push(() => grpc.forceShutdown());
    return { grpc: `127.0.0.1:${port}`, requests };
  }

  it('is given question, prompt, response and gold answer, and decides', async () => {
    const { grpc, requests } = await server(({ response, gold }) => ({
      correct: response.includes(gold),
      extracted: gold,
      reason: 'found',
    }));
    expect(await gradeWith(grader({ grpc }), 'It is 42.', '42', { prompt: 'Think.' })).toEqual({
      correct: true,
      extracted: '42',
      method: 'whole',
      reason: 'found',
    });
    expect(requests).toEqual([{ question: 'Q?', prompt: 'Think.', response: 'It is 42.', gold: '42' }]);
  });

  it('is asked again when it is away for a moment, and fails for what it refuses', async () => {
    const { grpc, requests } = await server((_request, attempt) =>
      attempt === 1
        ? { code: status.UNAVAILABLE, details: 'warming up' }
        : { code: status.INVALID_ARGUMENT, details: 'gold is empty' },
    );
    const failure = await failureOf(gradeWith(grader({ grpc }), 'x'));
    expect(failure.message).toBe(`the grader at ${grpc} failed with INVALID_ARGUMENT: gold is empty`);
    expect(requests).toHaveLength(2);
  });

  it('that hangs fails when its time is over', async () => {
    const { grpc } = await server(() => undefined);
    const failure = await failureOf(gradeWith(grader({ grpc, timeoutSeconds: 0.5 }), 'x'));
    expect(failure.message).toMatch(/gave no answer within 0\.5 s: .*grading\.custom\.timeoutSeconds/);
  });
});
