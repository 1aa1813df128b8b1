export { createGrader, isPure, type GraderOptions } from './create-grader.js';
export type { ModuleFolder } from './custom/module-path.js';
export { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from './grader.js';
export { IsolatedGraders } from './isolated-graders.js';
export { graderConfigFields, serviceGraderOptions, type GraderConfig } from './service-options.js';
export { Graders, type GraderScope } from './graders.js';
export { GrpcComparer, type JudgeConnection } from './judge/grpc-comparer.js';
export { CALLS_PER_JUDGEMENT, JudgeGrader, type Comparer, type JudgeTask } from './judge/judge-grader.js';
