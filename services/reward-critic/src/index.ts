export { rewardCriticConfig, type RewardCriticConfig } from './config.js';
export { start } from './start.js';
