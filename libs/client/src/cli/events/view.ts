import { toStructured } from '@trprompt/events';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import type { OptimizeResponse } from '@trprompt/proto/textgrad/v1/textgrad';
import { shortDigest } from '../../report/format.js';
import type { Cli } from '../cli.js';
import { oneLine } from '../output/wrap.js';
import { EventDescriber } from '../progress/describe.js';

const longestText = 100;

/** Shows events: one line each for a person, one CloudEvent in structured mode each with --json. What is no event goes to stderr. */
export class EventView {
  readonly #describers = new Map<string, EventDescriber>();

  constructor(
    private readonly cli: Cli,
    /** Whether each line names its run. */
    private readonly namesRun: boolean,
  ) {}

  event(event: RunEvent): void {
    if (this.cli.json) this.cli.emit(toStructured(event));
    else this.cli.print(this.#line(event));
  }

  /** A remark, for instance that the connection was lost. */
  note(text: string): void {
    this.cli.warn(
      this.cli.json ? JSON.stringify({ type: 'note', message: text }) : this.cli.colors.dim(text),
    );
  }

  #line(event: RunEvent): string {
    const { colors } = this.cli;
    const { runId, sequence, time } = event;
    const when = time ? time.slice(0, 19).replace('T', ' ') : ' '.repeat(19);
    const run = this.namesRun ? [colors.cyan(oneLine(runId, 60))] : [];
    return [colors.dim(when), ...run, colors.dim(String(sequence).padStart(4)), this.#text(event)].join('  ');
  }

  #text(event: RunEvent): string {
    let describer = this.#describers.get(event.runId);
    if (!describer) this.#describers.set(event.runId, (describer = new EventDescriber(this.cli.colors)));
    const text = describer.describe(event) ?? plainText(event);
    if (event.payload?.$case === 'runEnded') this.#describers.delete(event.runId);
    return text;
  }
}

/** What `watch` says nothing of. */
function plainText({ payload }: RunEvent): string {
  switch (payload?.$case) {
    case 'runCreated':
      return `run "${oneLine(payload.value.name, 40)}" accepted, data set ${shortDigest(payload.value.dataset?.digest ?? '')}`;
    case 'runStarted':
      return 'run started';
    case 'search':
      return `  ${searchText(payload.value)}`;
    default:
      return payload ? `  ${payload.$case}` : 'an event that this version does not know';
  }
}

function searchText({ event }: OptimizeResponse): string {
  switch (event?.$case) {
    case 'critique':
      return `step ${event.value.step}: critique “${oneLine(event.value.text, longestText)}”`;
    case 'finished':
      return `search finished: ${oneLine(event.value.candidateId, 20)}, ${event.value.correct} of ${event.value.total} right`;
    default:
      return `search: ${event?.$case ?? 'something that this version does not know'}`;
  }
}
