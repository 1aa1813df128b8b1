import { DEAD_LETTER_TOPIC } from '../topics.js';
import { bindingVersion, channelBindings, references } from './kafka-bindings.js';

export const deadLetterChannel = {
  address: DEAD_LETTER_TOPIC,
  description: 'Messages that a subscriber could not handle, after its last attempt.',
  messages: { deadLetter: { $ref: '#/components/messages/deadLetter' } },
  bindings: channelBindings(DEAD_LETTER_TOPIC),
};

export const deadLetterOperation = {
  action: 'send',
  channel: { $ref: '#/channels/deadLetter' },
  summary:
    'A subscriber puts a message aside, so that it does not hold up those after it. Publishing it again is up to people.',
  messages: references('deadLetter', ['deadLetter']),
};

const text = (description: string, more: object = {}): object => ({ type: 'string', description, ...more });
const number = (description: string): object => text(description, { pattern: '^[0-9]+$' });

/** What is added to the headers that the message came with. */
const headers: Record<string, object> = {
  dead_letter_topic: text('The topic that it was in.'),
  dead_letter_partition: number('Its partition there.'),
  dead_letter_offset: number('Its offset there.'),
  dead_letter_attempts: number('How often the handler was called for it; 0: it is no event of a mesh.'),
  dead_letter_reason: text(
    "The handler's last error, or what is wrong with the message; at most 1000 characters.",
  ),
  dead_letter_group: text('The consumer group that gave it up.'),
  dead_letter_time: text('When.', { format: 'date-time' }),
};

export const deadLetterMessage = {
  name: 'deadLetter',
  title: 'A message that was put aside',
  summary: 'Key and value as they were, byte by byte; its own headers with those below added to them.',
  contentType: 'application/octet-stream',
  headers: { type: 'object', required: Object.keys(headers), properties: headers },
  payload: { description: 'Any bytes; of an event, a RunEvent.' },
  bindings: { kafka: { key: { description: 'As it was; of an event, the run id.' }, bindingVersion } },
};
