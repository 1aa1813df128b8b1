import { ChatError, type ChatErrorCode } from '../chat/chat-error.js';
import type { Usage } from '@trprompt/core';

/** Why one item of a batch has no result; has the fields of the wire's ItemError. */
export interface ItemFailure {
  /** google.rpc.Code number. */
  code: number;
  /** One sentence for a person. */
  message: string;
  /** True when the same item may succeed later. */
  retryable: boolean;
  /** What its attempts cost all the same. */
  usage: Usage;
  /** True when the endpoint as a whole is away: no item is to blame. */
  outage: boolean;
}

/** google.rpc.Code numbers. */
const rpcCodes: Record<ChatErrorCode, number> = {
  CANCELLED: 1,
  INVALID_REQUEST: 3,
  TIMEOUT: 4,
  MODEL_NOT_FOUND: 5,
  RATE_LIMITED: 8,
  MALFORMED: 13,
  TOO_LARGE: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

export function itemFailure(error: ChatError): ItemFailure {
  const { message, retryable, usage, outage } = error;
  return { code: rpcCodes[error.code], message, retryable, usage, outage };
}
