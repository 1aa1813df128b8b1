export { mcnemarExact } from './mcnemar.js';
export { wilson, type Interval } from './wilson.js';
