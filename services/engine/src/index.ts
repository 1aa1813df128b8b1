export { engineConfig, engineOptions, type EngineEnvironment, type EngineOptions } from './config.js';
export { startEngine, type RunningEngine } from './start-engine.js';
export { nextTokenProbabilities } from './logits.js';
export { modelPath, SHIPPED_MODEL } from './model-path.js';
