export { trainerConfig, type TrainerConfig } from './config.js';
export { start } from './start.js';
