import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, postgresSkipped, startPostgres, type PostgresServer } from '@trprompt/testing';
import { DatabaseError, DatabaseUnavailable, openDatabase, type SqlDatabase } from './index.js';

describe.skipIf(postgresSkipped())('a PostgreSQL server that fails', () => {
  let server: PostgresServer;
  let database: SqlDatabase;
  beforeAll(async () => {
    server = await startPostgres();
    database = await openDatabase(server.url(), { idleInTransactionSeconds: 0.2, statementSeconds: 1 });
    await database.query('CREATE TABLE a (n integer PRIMARY KEY)');
  });
  afterAll(async () => {
    await database.close();
    await server.stop();
  });

  it('is unavailable while it is down, and works again when it is back', async () => {
    await server.kill();
    await expect(database.query('SELECT 1')).rejects.toThrow(DatabaseUnavailable);
    await expect(database.transaction((tx) => tx.query('SELECT 1'))).rejects.toThrow(DatabaseUnavailable);
    await server.restart();
    expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('fails the transaction that it is in when it is killed, and nothing else', async () => {
    const broken = database.transaction(async (tx) => {
      await tx.query('INSERT INTO a (n) VALUES (1)');
      await server.kill();
      await tx.query('INSERT INTO a (n) VALUES (2)');
    });
    await expect(broken).rejects.toThrow(DatabaseUnavailable);
    await server.restart();
    expect(await database.query('SELECT * FROM a')).toEqual([]);
  });

  it('fails a transaction whose work needs no more statements when it is killed', async () => {
    const broken = database.transaction(async (tx) => {
      await tx.query('INSERT INTO a (n) VALUES (3)');
      await server.kill();
    });
    await expect(broken).rejects.toThrow(DatabaseUnavailable);
    await server.restart();
    expect(await database.query('SELECT * FROM a')).toEqual([]);
  });

  it('is unavailable to a connection that an administrator ended', async () => {
    const ended = database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1)', [row?.pid ?? 0]);
      await tx.query('SELECT 1');
    });
    await expect(ended).rejects.toThrow(DatabaseUnavailable);
    expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('does not keep the locks of a process that hangs inside of a transaction', async () => {
    const other = await openDatabase(server.url());
    await other.query('INSERT INTO a (n) VALUES (10)');
    const freed = Promise.withResolvers<unknown>();
    const hung = database.transaction(async (tx) => {
      await tx.query('UPDATE a SET n = 11 WHERE n = 10');
      // This one waits for the lock, and gets it when the server has ended the idle transaction.
      freed.resolve(await other.query('UPDATE a SET n = 12 WHERE n = 10 RETURNING n'));
      await tx.query('SELECT 1');
    });
    await expect(hung).rejects.toThrow(DatabaseUnavailable);
    expect(await freed.promise).toEqual([{ n: 12 }]);
    await other.close();
  });

  it('ends a statement that waits for too long', async () => {
    await expect(database.query('SELECT pg_sleep(100)')).rejects.toThrow(/took too long/);
    expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('says who is connected', async () => {
    const sql = "SELECT count(*) > 0 AS found FROM pg_stat_activity WHERE application_name = 'trprompt'";
    expect(await database.query(sql)).toEqual([{ found: true }]);
  });

  it('is waited for when it is opened while it starts', async () => {
    await server.kill();
    const waits = Promise.withResolvers<string>();
    const opening = openDatabase(server.url(), { onWait: waits.resolve });
    expect(await waits.promise).toMatch(/cannot be reached|starting up/);
    await server.restart();
    const opened = await opening;
    expect(await opened.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await opened.close();
  });

  it('is not waited for when it says no', async () => {
    const failure = await openDatabase(server.url('nowhere')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).not.toBeInstanceOf(DatabaseUnavailable);
    expect(String(failure)).toContain('database "nowhere" does not exist');
  });

  it('is used as sslmode says', async () => {
    for (const mode of ['disable', 'prefer']) {
      const opened = await openDatabase(`${server.url()}?sslmode=${mode}`);
      expect(await opened.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).toEqual([
        { ssl: false },
      ]);
      await opened.close();
    }
    for (const mode of ['require', 'verify-full'])
      await expect(openDatabase(`${server.url()}?sslmode=${mode}`)).rejects.toThrow(/not support SSL/);
  });
});

describe('a peer that is no PostgreSQL server', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
  });
  afterAll(() => void silent.close());

  it.each([
    ['nothing listens', freePort],
    ['it closes the connection', async () => (silent.address() as AddressInfo).port],
  ])('is unavailable after the wait: %s', async (_, port) => {
    silent.on('connection', (socket) => socket.destroy());
    const failure = await openDatabase(`postgres://u:secret@127.0.0.1:${await port()}/db`, {
      waitSeconds: 0.3,
    }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnavailable);
    expect(String(failure)).not.toContain('secret');
  });
});
