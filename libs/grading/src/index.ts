export { createGrader, type GraderOptions } from './create-grader.js';
export { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from './grader.js';
