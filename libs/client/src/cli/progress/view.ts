import type { Progress } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { createLogUpdate } from 'log-update';
import type { Cli } from '../cli.js';
import { eventJson, progressJson } from '../output/json.js';
import { EventDescriber } from './describe.js';
import { progressLine, progressText } from './line.js';

/** How following a run looks. */
export interface ProgressView {
  event(event: RunEvent): void;
  progress(progress: Progress): void;
  /** Something that is not from the run, for instance a lost connection. */
  note(text: string): void;
  /** Leaves the output in a clean state. */
  end(): void;
}

const frameMs = 80;
const plainIntervalMs = 5000;

/** JSON lines with --json, a live line on a terminal, plain lines elsewhere. */
export function createView(cli: Cli): ProgressView {
  if (cli.json) return new JsonView(cli);
  return cli.io.stdout.isTTY === true ? new LiveView(cli) : new PlainView(cli);
}

class JsonView implements ProgressView {
  constructor(private readonly cli: Cli) {}
  event(event: RunEvent): void {
    this.cli.emit(eventJson(event));
  }
  progress(progress: Progress): void {
    this.cli.emit(progressJson(progress));
  }
  note(text: string): void {
    this.cli.emit({ type: 'note', message: text });
  }
  end(): void {
    // Lines are complete as they are.
  }
}

/** Events scroll by above one line that is drawn again and again. */
class LiveView implements ProgressView {
  private readonly update;
  private readonly describer: EventDescriber;
  private drawn = Number.NEGATIVE_INFINITY;
  private latest: Progress | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly cli: Cli) {
    // log-update reads only what a stream of a terminal has: columns and rows.
    this.update = createLogUpdate(cli.io.stdout);
    this.describer = new EventDescriber(cli.colors);
  }

  event(event: RunEvent): void {
    if (event.payload?.$case === 'phaseCompleted' || event.payload?.$case === 'runEnded') this.erase();
    const line = this.describer.describe(event);
    if (line !== undefined) this.update.persist(line);
  }

  progress(progress: Progress): void {
    this.latest = progress;
    const wait = this.drawn + frameMs - this.cli.io.now();
    if (wait <= 0) this.draw();
    else this.timer ??= setTimeout(() => this.draw(), wait);
  }

  note(text: string): void {
    this.update.persist(this.cli.colors.dim(text));
  }

  end(): void {
    this.erase();
    this.update.done();
  }

  private draw(): void {
    this.stopTimer();
    this.drawn = this.cli.io.now();
    if (this.latest) this.update(progressLine(this.latest, this.cli.width, this.cli.colors));
  }

  private erase(): void {
    this.stopTimer();
    this.latest = undefined;
    this.update.clear();
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** For logs: every event, and at most one line of progress per phase in five seconds. */
class PlainView implements ProgressView {
  private readonly describer: EventDescriber;
  private readonly printed = new Map<string, number>();

  constructor(private readonly cli: Cli) {
    this.describer = new EventDescriber(cli.colors);
  }

  event(event: RunEvent): void {
    const line = this.describer.describe(event);
    if (line !== undefined) this.cli.print(line);
  }

  progress(progress: Progress): void {
    const phase = `${progress.iteration}/${progress.phase}`;
    const now = this.cli.io.now();
    const before = this.printed.get(phase);
    if (before !== undefined && now - before < plainIntervalMs) return;
    this.printed.set(phase, now);
    this.cli.print(`  ${progressText(progress)}`);
  }

  note(text: string): void {
    this.cli.print(text);
  }

  end(): void {
    // Lines are complete as they are.
  }
}
