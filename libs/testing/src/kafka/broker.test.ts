import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaSkipped, startKafka, type KafkaBroker } from '../index.js';

/** The error code of an answer to ApiVersions (key 18, version 0): 0 of a broker that serves. */
const apiVersions = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff]);
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.readInt16BE(8));
    });
    socket.once('error', reject);
  });

describe.skipIf(kafkaSkipped())('a Kafka broker for tests', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.stop());

  it('speaks the protocol, and again after it was killed', async () => {
    expect(await apiVersions(broker.port)).toBe(0);
    const { pid, port } = broker;
    await broker.kill();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await expect(apiVersions(port)).rejects.toThrow(/ECONNREFUSED/);
    await broker.restart();
    expect(await apiVersions(port)).toBe(0);
    expect(broker.pid).not.toBe(pid);
    expect(broker.port).toBe(port);
  });
});
