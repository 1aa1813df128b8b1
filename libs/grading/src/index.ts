export { createGrader, type GraderOptions } from './create-grader.js';
export { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from './grader.js';
export { CALLS_PER_JUDGEMENT, JudgeGrader, type Compare, type JudgeTask } from './judge/judge-grader.js';
