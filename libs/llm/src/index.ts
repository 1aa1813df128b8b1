export { ChatModel, type ChatCompletion, type ChatRequest, type Decoding } from './chat/chat-model.js';
export { ChatError, type ChatErrorCode, type ChatErrorDetails } from './chat/chat-error.js';
export { addUsage, noUsage, type Usage } from '@trprompt/core';
export { OpenAiChatModel, type OpenAiChatModelOptions } from './openai/openai-chat-model.js';
export { keepAliveFetch, type TextFetch } from './openai/keep-alive-fetch.js';
export { defaultRetryPolicy, parseRetryAfter, retryDelayMs, type RetryPolicy } from './retry/retry-delay.js';
export { sleep } from './retry/sleep.js';
export { completeBatch } from './batch/complete-batch.js';
export { completeItems, type ItemOutcome } from './batch/complete-items.js';
export { itemFailure, type ItemFailure } from './batch/item-failure.js';
export {
  checkDecoding,
  checkItems,
  checkSeed,
  checkText,
  MAX_ITEMS,
  MAX_TEXT,
  type BatchItem,
  type Invalid,
  type WireDecoding,
} from './batch/validate.js';
export { inferenceProviders, type InferenceSettings } from './providers.js';
export { TemplateBook } from './templates/template-book.js';
