export { drawQuestions, type Draw, type DrawnQuestion, type DrawRequest } from './draw.js';
export type { PastDraw } from './difficulty.js';
