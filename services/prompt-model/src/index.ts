export { promptModelConfig, type PromptModelConfig } from './config.js';
export { start } from './start.js';
