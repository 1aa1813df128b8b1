import { gradeChoice } from './choice/grade.js';
import { gradeExact } from './exact/grade.js';
import { gradeMath } from './expression/grade.js';
import { gradeJson } from './json/grade.js';
import type { GradedText, GradingSettings, PureGraderKind, Verdict } from './kinds.js';
import { gradeGsmhard, gradeNumber } from './number/grade.js';

/**
 * Grades one text. Of a response the final answer counts: the last explicit statement (\boxed{}, "####", "the answer is x"), else the last
 * emphasised result, else the last number or formula. An empty answer and one that is cut off are wrong, never errors; never throws. Time is
 * linear in the text.
 *
 * `number`, `gsm8k`: equal exact value, whatever the notation: 1,450.0 = 1450, 3/4 = 0.75, $5 = 5 dollars. `gsmhard`: see `gsmhardVerdicts`. `math`: see
 * `compareMath`. `exact`: the same text but for case, white space, quotes and final punctuation. `choice`: the same option.
 * `json`: the same JSON value. docs/grading.md says what each accepts.
 *
 * @param gold the gold answer; a worked solution counts for what follows its "####" or stands in its last \boxed{}
 */
export function gradeText(
  settings: GradingSettings & { kind: PureGraderKind },
  given: GradedText,
  gold: string,
): Verdict {
  switch (settings.kind) {
    case 'number':
    case 'gsm8k':
      return gradeNumber(given, gold);
    case 'gsmhard':
      return gradeGsmhard(given, gold, settings.gsmhard.verdict);
    case 'math':
      return gradeMath(given, gold);
    case 'choice':
      return gradeChoice(given, gold, settings.choice.options);
    case 'exact':
      return gradeExact(given, gold);
    case 'json':
      return gradeJson(given, gold, settings.json);
  }
}
