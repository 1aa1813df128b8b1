export * from './config/index.js';
export * from './critic/index.js';
export * from './data/index.js';
export * from './grading/index.js';
export * from './prompts/index.js';
export * from './seeds/index.js';
export * from './statistics/index.js';
export * from './templates/index.js';
