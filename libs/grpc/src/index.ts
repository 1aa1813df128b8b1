export {
  createClient,
  type CallOptions,
  type Client,
  type ClientControl,
  type ClientOptions,
} from './client.js';
export { RpcError } from './rpc-error.js';
export { defaultRetry, type RetryPolicy } from './retry.js';
export { MicroBatcher, type MicroBatcherOptions } from './micro-batcher.js';
