import { wilson } from '@trprompt/core';
import type { Progress } from '@trprompt/proto/coordinator/v1/coordinator';
import { phaseLabel } from '../../report/findings.js';
import { duration } from '../../report/format.js';
import type { Colors } from '../output/colors.js';
import { oneLine } from '../output/wrap.js';

const widestBar = 30;
const narrowestBar = 8;
/** Terminals with fewer columns get figures instead of a bar. */
const narrowTerminal = 60;

/** A part of the line; the ones with the highest number go first when the terminal is narrow. */
interface Part {
  text: string;
  dispensable: number;
}

/**
 * Progress in one line that fits: phase, bar, done/total, rate, ETA, accuracy so far with its 95 % interval, detail.
 *
 * @param width columns
 */
export function progressLine(progress: Progress, width: number, colors: Colors): string {
  const label = phaseLabel(progress.phase, progress.iteration);
  const reserved = progress.total > 0 && width >= narrowTerminal ? narrowestBar + 2 : 0;
  const parts = fit([{ text: label, dispensable: 0 }, ...figures(progress)], width - 1 - reserved);
  const taken = parts.join('  ').length;
  const room = Math.min(widestBar, width - 1 - taken - 2);
  const [first = '', ...rest] = parts;
  const head = colors.bold(first);
  if (room < narrowestBar || progress.total <= 0) return [head, ...rest].join('  ');
  return [head, bar(progress.done / progress.total, room, colors), ...rest].join('  ');
}

/** The same without a bar, for logs. */
export function progressText(progress: Progress): string {
  return [phaseLabel(progress.phase, progress.iteration), ...figures(progress).map((part) => part.text)].join(
    '  ',
  );
}

function figures(progress: Progress): Part[] {
  const parts: Part[] = [{ text: doneText(progress), dispensable: 1 }];
  if (progress.etaSeconds >= 0 && progress.done < progress.total) {
    parts.push({ text: `ETA ${duration(progress.etaSeconds)}`, dispensable: 2 });
  }
  if (progress.graded > 0) {
    const share = Math.round((100 * progress.correct) / progress.graded);
    const { low, high } = wilson(progress.correct, progress.graded);
    parts.push({ text: `right ${share} %`, dispensable: 3 });
    parts.push({ text: `(${Math.round(100 * low)}–${Math.round(100 * high)} %)`, dispensable: 4 });
  }
  if (progress.rate > 0) parts.push({ text: `${rateText(progress.rate)}/s`, dispensable: 5 });
  if (progress.detail !== '') parts.push({ text: oneLine(progress.detail, 40), dispensable: 6 });
  return parts;
}

function doneText({ done, total }: Progress): string {
  return total > 0 ? `${done}/${total}` : `${done}`;
}

function rateText(rate: number): string {
  return rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2);
}

function fit(parts: readonly Part[], width: number): string[] {
  const kept = [...parts];
  const length = (): number => kept.map((part) => part.text).join('  ').length;
  while (length() > width && kept.length > 1) {
    const most = Math.max(...kept.map((part) => part.dispensable));
    kept.splice(
      kept.findIndex((part) => part.dispensable === most),
      1,
    );
  }
  return kept.map((part) => oneLine(part.text, Math.max(4, width)));
}

function bar(share: number, width: number, colors: Colors): string {
  const filled = Math.max(0, Math.min(width, Math.round(share * width)));
  return colors.cyan('█'.repeat(filled)) + colors.dim('░'.repeat(width - filled));
}
