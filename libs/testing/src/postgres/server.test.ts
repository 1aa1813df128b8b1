import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresSkipped, startPostgres, type PostgresServer } from '../index.js';

describe.skipIf(postgresSkipped())('a PostgreSQL server for tests', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  /** The first byte of the answer to a request for TLS: N or S of a PostgreSQL server. */
  const greeting = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])),
      );
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString('latin1'));
      });
      socket.once('error', reject);
    });

  it('speaks the protocol, and again after it was killed', async () => {
    expect(await greeting()).toBe('N');
    const { pid } = server;
    await server.kill();
    await expect(greeting()).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect(await greeting()).toBe('N');
    expect(server.pid).not.toBe(pid);
  });
});
