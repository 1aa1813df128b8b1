export {
  combineOrders,
  judgementWithoutJudge,
  judgedOutcome,
  judgedVerdict,
  winnerOf,
  winners,
  type Judgement,
  type JudgedVerdicts,
  type Winner,
} from './judgement.js';
export { readVerdict, type LabelVerdict } from './read-verdict.js';
