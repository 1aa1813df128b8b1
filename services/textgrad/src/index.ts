export { textgradConfig, type TextgradConfig } from './config.js';
export { start } from './start.js';
