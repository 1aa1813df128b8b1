import { createHash } from 'node:crypto';
import type { ChatRequest, ScriptedReply } from '../../support/scripted-openai.js';
import type { Interference } from './endpoint.js';

/** What a provider can do instead of answering. */
export const faultKinds = ['429', '500', 'drop', 'truncated', 'html', 'hang'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Seconds that a 429 asks to wait. */
const RETRY_AFTER_SECONDS = '1';

const replies: Record<FaultKind, ScriptedReply> = {
  '429': {
    status: 429,
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
    body: { error: { message: 'Rate limit reached', type: 'rate_limit_error', code: 429 } },
  },
  '500': { status: 500, body: { error: { message: 'internal error', type: 'server_error', code: 500 } } },
  drop: { drop: true },
  truncated: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assi',
  },
  html: {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>',
  },
  hang: { hang: true },
};

/** Faults at a share of the calls. Whether and how a call fails depends on the request and on how often it was made before, on nothing else. */
export function faultyProvider(
  share: number,
  kinds: readonly FaultKind[],
): { interfere: Interference; faults: () => number } {
  const attempts = new Map<string, number>();
  let faults = 0;
  return {
    interfere: ({ raw }: ChatRequest) => {
      const attempt = (attempts.get(raw) ?? 0) + 1;
      attempts.set(raw, attempt);
      const digest = createHash('sha256').update(`${attempt}\n${raw}`).digest();
      if (digest.readUInt32BE(0) / 2 ** 32 >= share) return undefined;
      faults += 1;
      return replies[kinds[digest.readUInt32BE(4) % kinds.length] as FaultKind];
    },
    faults: () => faults,
  };
}
