export { compareMath, mathGoldProblem, type Comparison } from './compare.js';
