import { eventKinds, type EventKind } from '@trprompt/events';
import { InvalidArgumentError } from 'commander';

/** What is shown when --kind does not say: everything but triples, of which there may be very many. */
const usualKinds: readonly EventKind[] = eventKinds.filter((kind) => kind !== 'sampleRecorded');

/** The kinds that --kind asked for. */
export function chosenKinds(asked: readonly EventKind[]): ReadonlySet<EventKind> {
  return new Set(asked.length > 0 ? asked : usualKinds);
}

/** Reads one --kind: a name, or several with commas. */
export function parseKinds(text: string, previous: readonly EventKind[] = []): EventKind[] {
  const names = text.split(',').map((name) => name.trim());
  return [...previous, ...names.map(parseKind)];
}

function parseKind(name: string): EventKind {
  const kind = eventKinds.find((known) => known.toLowerCase() === name.replaceAll(/[-_]/g, '').toLowerCase());
  if (kind) return kind;
  throw new InvalidArgumentError(`There is no kind "${name}"; there are ${eventKinds.join(', ')}.`);
}
