import { isNumericAnswer } from '../filters/numeric-answer.js';

/** Forms of gold answers, for a person who looks whether a file was read as it was meant. */
export const answerShapes = [
  'integer',
  'decimal',
  'number with separators, sign or unit',
  'fraction',
  'letter',
  'list or interval',
  'LaTeX',
  'JSON',
  'text',
  'empty',
] as const;
export type AnswerShape = (typeof answerShapes)[number];

/** The form of a gold answer. */
export function answerShape(answer: string): AnswerShape {
  const text = answer.trim();
  if (text === '') return 'empty';
  if (/^-?\d+$/.test(text)) return 'integer';
  if (/^-?(?:\d+\.\d*|\.\d+)(?:e[-+]?\d+)?$|^-?\d+e[-+]?\d+$/i.test(text)) return 'decimal';
  if (isNumericAnswer(text)) return 'number with separators, sign or unit';
  if (/^-?\d+\s?\/\s?\d+$|^-?\\[dt]?frac\s*(?:\{-?\d+\}|\d)\s*(?:\{-?\d+\}|\d)$/.test(text))
    return 'fraction';
  if (/^\(?[A-Za-z]\)?$/.test(text)) return 'letter';
  if (/^[[{]\s*["{[\]}]/.test(text)) return 'JSON';
  if (/^(?:\\left\s*)?[([].*,.*[)\]]$|^[^,]{1,20}(?:,[^,]{1,20})+$/s.test(text) && !/[.!?]$/.test(text))
    return 'list or interval';
  return /[\\^_{}=]/.test(text) ? 'LaTeX' : 'text';
}
