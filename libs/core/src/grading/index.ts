export { grade, isGradable } from './grade.js';
export {
  extractionMethods,
  graderKinds,
  type ExtractionMethod,
  type GraderKind,
  type Verdict,
} from './kinds.js';
export { equalNumbers, numberTokens, parseNumber, type NumberToken } from './number.js';
