import { RunEvent as WireRunEvent } from '@trprompt/proto/events/v1/events';
import type { RunEvent } from '../domain/run-event.js';
import { fromWireEvent, toWireEvent } from './wire/event-wire.js';

/** The event's protobuf bytes, as the outbox keeps and Kafka carries them. */
export function encodeEvent(event: RunEvent): Uint8Array {
  return WireRunEvent.encode(WireRunEvent.fromPartial(toWireEvent(event))).finish();
}

/** Throws when the bytes are no event of a version that is known. */
export function decodeEvent(bytes: Uint8Array): RunEvent {
  return fromWireEvent(WireRunEvent.decode(bytes));
}
