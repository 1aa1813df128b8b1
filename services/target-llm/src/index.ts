export { targetLlmConfig, type TargetLlmConfig } from './config.js';
export { start } from './start.js';
