import type { Producer, ProducerRecord } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { KafkaPublisher, MessageSender, type EventMessage } from './index.js';

const message = (topic: string, id: string): EventMessage => ({
  topic,
  key: 'run',
  headers: { ce_id: id },
  value: new Uint8Array([1]),
});

/** A producer that records what it is asked, and fails where it is told to. */
function scriptedProducers(failures: ReadonlySet<number>) {
  const log: string[] = [];
  let sends = 0;
  let made = 0;
  const create = (): Producer => {
    const name = `p${(made += 1)}`;
    return {
      connect: () => Promise.resolve(void log.push(`${name} connect`)),
      disconnect: () => Promise.resolve(void log.push(`${name} disconnect`)),
      send: ({ topic, messages, acks }: ProducerRecord) => {
        const ids = messages.map(({ headers }) => String(headers?.['ce_id'])).join(',');
        log.push(`${name} send ${topic} ${ids} acks=${acks}`);
        return failures.has((sends += 1))
          ? Promise.reject(new Error('request timed out'))
          : Promise.resolve([]);
      },
    } as unknown as Producer;
  };
  return { create, log };
}

describe('the Kafka publisher', () => {
  it('sends each topic in order and waits for all replicas', async () => {
    const { create, log } = scriptedProducers(new Set());
    const publisher = new KafkaPublisher(new MessageSender(create));
    await publisher.publish([message('a', '1'), message('b', '2'), message('a', '3')]);
    await publisher.close();
    expect(log).toEqual(['p1 connect', 'p1 send a 1,3 acks=-1', 'p1 send b 2 acks=-1', 'p1 disconnect']);
  });

  it('discards the producer after a rejected send, before anything else is sent', async () => {
    const { create, log } = scriptedProducers(new Set([1]));
    const publisher = new KafkaPublisher(new MessageSender(create));
    const failed = publisher.publish([message('a', '1')]);
    const next = publisher.publish([message('a', '2')]);
    await expect(failed).rejects.toThrow('request timed out');
    await next;
    expect(log).toEqual([
      'p1 connect',
      'p1 send a 1 acks=-1',
      'p1 disconnect',
      'p2 connect',
      'p2 send a 2 acks=-1',
    ]);
  });

  it('connects to nothing when there is nothing to publish', async () => {
    const { create, log } = scriptedProducers(new Set());
    const publisher = new KafkaPublisher(new MessageSender(create));
    await publisher.publish([]);
    await publisher.close();
    expect(log).toEqual([]);
  });

  it('refuses what comes after it was closed', async () => {
    const { create, log } = scriptedProducers(new Set());
    const publisher = new KafkaPublisher(new MessageSender(create));
    await publisher.close();
    await expect(publisher.publish([message('a', '1')])).rejects.toThrow('was closed');
    expect(log).toEqual([]);
  });
});
