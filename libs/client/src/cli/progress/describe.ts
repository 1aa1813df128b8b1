import type { AccuracyMeasured, CheckpointSelected, RunEvent } from '@trprompt/proto/events/v1/events';
import type { OptimizeResponse } from '@trprompt/proto/textgrad/v1/textgrad';
import { methodLabel, phaseLabel, samplingSentence, share, stepLabel } from '../../report/findings.js';
import { count, duration, percent, percentInterval, shortDigest } from '../../report/format.js';
import type { Colors } from '../output/colors.js';
import { oneLine } from '../output/wrap.js';

const rewardLength = 100;

/** Turns events into lines for a person, remembering what spans several of them (when a phase began). */
export class EventDescriber {
  private readonly began = new Map<string, string | undefined>();

  constructor(private readonly colors: Colors) {}

  /** One line, or undefined for what is not worth one. */
  describe({ payload, time }: RunEvent): string | undefined {
    const { colors } = this;
    switch (payload?.$case) {
      case 'runStarted':
        return payload.value.attempt > 1 ? `went on (attempt ${payload.value.attempt})` : undefined;
      case 'runEnded': {
        const { state, reason } = payload.value;
        const text = `run ${oneLine(state, 20)}${reason ? `: ${oneLine(reason, 400)}` : ''}`;
        return state === 'succeeded' ? colors.green(text) : colors.red(text);
      }
      case 'phaseStarted': {
        const { phase, iteration, total } = payload.value;
        this.began.set(`${iteration}/${phase}`, time);
        return `${colors.bold(`▸ ${phaseLabel(phase, iteration)}`)}${total > 0 ? colors.dim(` · ${count(total)} to do`) : ''}`;
      }
      case 'phaseCompleted': {
        const { phase, iteration, done, givenUp } = payload.value;
        const took = seconds(this.began.get(`${iteration}/${phase}`), time);
        const parts = [
          `  ${phaseLabel(phase, iteration)} done`,
          done > 0 ? `${count(done)} items` : '',
          givenUp > 0 ? colors.yellow(`${count(givenUp)} given up`) : '',
          took === undefined ? '' : duration(took),
        ];
        return parts.filter((part) => part !== '').join(', ');
      }
      case 'accuracyMeasured':
        return `  ${accuracy(payload.value)}`;
      case 'adapterTrained': {
        const { adapter, firstLoss, lastLoss } = payload.value;
        return `  adapter ${shortDigest(adapter?.digest ?? '')} trained, loss ${firstLoss.toFixed(2)} → ${lastLoss.toFixed(2)}`;
      }
      case 'checkpointSelected':
        return colors.green(`  ${checkpoint(payload.value)}`);
      case 'search':
        return this.search(payload.value);
      case 'itemGivenUp': {
        const { phase, iteration, itemId, reason } = payload.value;
        return colors.yellow(
          `  gave up ${oneLine(itemId, 40)} in ${phaseLabel(phase, iteration)}: ${oneLine(reason, 200)}`,
        );
      }
      case 'sampleRecorded': {
        const { iteration, itemId, prompt, verdict } = payload.value;
        const right = verdict?.correct ? colors.green('right') : colors.red('wrong');
        return `  ${phaseLabel('rollout', iteration)}: ${oneLine(itemId, 40)} ${right} ${colors.dim(`“${oneLine(prompt, rewardLength)}”`)}`;
      }
      case 'testSplitOpened': {
        const { examples, hash } = payload.value;
        return `  test split opened: ${count(examples)} questions ${colors.dim(shortDigest(hash))}`;
      }
      case 'testSplitRefused':
        return colors.red(`  the test split stays sealed: ${oneLine(payload.value.reason, 200)}`);
      case 'rolloutSampled':
        return payload.value.wrongAsked > 0 ? `  ${samplingSentence(payload.value)}` : undefined;
      default:
        return undefined;
    }
  }

  private search({ event }: OptimizeResponse): string | undefined {
    const { colors } = this;
    switch (event?.$case) {
      case 'candidate':
        return `  step ${event.value.step}: candidate ${oneLine(event.value.candidateId, 20)} ${colors.dim(`“${oneLine(event.value.reward, rewardLength)}”`)}`;
      case 'decision': {
        const { candidateId, step, correct, total, kept } = event.value;
        const text = `step ${step}: ${oneLine(candidateId, 20)} ${kept ? 'kept' : 'reverted'}, ${correct} of ${total} right (${percent(share(correct, total))})`;
        return `  ${kept ? colors.green(text) : text}`;
      }
      case 'rejected':
        return colors.yellow(
          `  step ${event.value.step}: the edit could not be used (${oneLine(event.value.reason, 40)})`,
        );
      default:
        return undefined;
    }
  }
}

function accuracy(measured: AccuracyMeasured): string {
  const { correct, total, low, high, split, method } = measured;
  const who = method === 'trprompt' ? stepLabel(measured) : `${stepLabel(measured)} · ${methodLabel(method)}`;
  const { tie, inconsistent = 0 } = measured.verdicts;
  const figures = `${percent(share(correct, total))} (${percentInterval(low, high)})`;
  if (tie !== undefined)
    return `${who}: ${correct} of ${total} won on ${split}, ${figures}; ${tie} tied, ${inconsistent} of them inconsistent`;
  return `${who}: ${correct} of ${total} right on ${split}, ${figures}`;
}

function checkpoint({ iteration, step, correct, total }: CheckpointSelected): string {
  const where = iteration > 0 ? stepLabel({ iteration, step }) : 'the untrained start';
  return `best checkpoint so far: ${where}, ${correct} of ${total} on validation (${percent(share(correct, total))})`;
}

function seconds(from: string | undefined, to: string | undefined): number | undefined {
  if (!from || !to) return undefined;
  const difference = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(difference) && difference >= 0 ? difference : undefined;
}
