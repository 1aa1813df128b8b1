export { addUsage, noUsage, type Usage } from './usage.js';
