export { canonicalJson, sha256Hex } from './hash.js';
export { createRandom, type Random } from './random.js';
export { deriveSeed, maxSeed } from './derive.js';
export { evaluationSeeds, type EvaluationSeeds } from './evaluation.js';
