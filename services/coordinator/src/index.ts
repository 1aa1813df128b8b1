export { coordinatorConfig, type CoordinatorConfig } from './config.js';
export { start } from './start.js';
