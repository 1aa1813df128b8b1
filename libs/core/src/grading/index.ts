export { goldProblem, gradeText } from './grade.js';
export {
  extractionMethods,
  graderKinds,
  pureGraderKinds,
  type ExtractionMethod,
  type GradedText,
  type GraderKind,
  type GradingSettings,
  type PureGraderKind,
  type Verdict,
} from './kinds.js';
export { equalNumbers, numberTokens, parseNumber, type NumberToken } from './number.js';
