import type { RunEvent } from '@trprompt/proto/events/v1/events';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { EventFormatError, fromMessage } from './cloud-event.js';

/** Reads a message as Kafka hands it out; of a header that stands there several times the first counts. Throws EventFormatError. */
export function eventOf({ headers, value }: Pick<KafkaMessage, 'headers' | 'value'>): RunEvent {
  if (value === null) throw new EventFormatError('the message has no value');
  return fromMessage({ headers: textHeaders(headers), value });
}

function textHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first.toString()]];
    }),
  );
}
