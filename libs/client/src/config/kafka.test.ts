import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kafkaConnection } from './kafka.js';

describe('how to reach Kafka', () => {
  it('is a list of brokers, without encryption or login unless the environment says so', () => {
    expect(kafkaConnection('a:9092, b.example:9093')).toEqual({
      brokers: ['a:9092', 'b.example:9093'],
      clientId: 'trprompt-events',
    });
    expect(kafkaConnection('a:9092', { TRPROMPT_KAFKA_TLS: 'off' })).not.toHaveProperty('tls');
  });

  it('takes certificates from files, and a login', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trprompt-'));
    await writeFile(join(folder, 'ca.pem'), 'authority');
    expect(
      kafkaConnection('a:9093', {
        TRPROMPT_KAFKA_TLS: '1',
        TRPROMPT_KAFKA_CA_FILE: join(folder, 'ca.pem'),
        TRPROMPT_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
        TRPROMPT_KAFKA_USERNAME: 'ann',
        TRPROMPT_KAFKA_PASSWORD: 'secret',
      }),
    ).toMatchObject({
      tls: { ca: 'authority' },
      sasl: { mechanism: 'scram-sha-512', username: 'ann', password: 'secret' },
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ['nowhere', {}, '"nowhere" is no broker: give host:port'],
    ['a:1', { TRPROMPT_KAFKA_TLS: 'maybe' }, 'TRPROMPT_KAFKA_TLS is "maybe"'],
    [
      'a:1',
      { TRPROMPT_KAFKA_TLS: '1', TRPROMPT_KAFKA_CA_FILE: 'none.pem' },
      'none.pem, which cannot be read (ENOENT)',
    ],
    ['a:1', { TRPROMPT_KAFKA_SASL_MECHANISM: 'gssapi' }, 'use plain, scram-sha-256, scram-sha-512'],
    ['a:1', { TRPROMPT_KAFKA_USERNAME: 'ann' }, 'go together'],
  ])('%s with %o: %s', (brokers, variables, message) => {
    expect(() => kafkaConnection(brokers, variables)).toThrow(message);
  });
});
