export { configurationMarkdown } from './markdown.js';
export { gradingSettings } from './grading.js';
export { runConfigJsonSchema } from './json-schema.js';
export { hasPrices, priceOfRole } from './limits.js';
export { parseRunConfig, type ParsedRunConfig } from './parse.js';
export { type ConfigProblem } from './problems.js';
export { runConfigSchema, type RunConfig, type RunConfigInput } from './schema.js';
export { type DecodingConfig } from './decoding.js';
export { loraTargets } from './train.js';
