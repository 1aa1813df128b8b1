export { baselineMethods, baselinePrompt, type BaselineMethod } from './baselines.js';
export { expertPrompts } from './experts.js';
