import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, type DatabaseSource } from '../testing/index.js';
import { DatabaseError, openDatabase, type SqlDatabase } from './index.js';

describe.each(databaseKinds)('a database in $name', (kind) => {
  const { skipped } = kind;
  let source: DatabaseSource;
  let database: SqlDatabase;
  beforeAll(async () => {
    if (skipped) return;
    source = await kind.start();
    database = await source.open();
    await database.query(
      `CREATE TABLE a (id integer PRIMARY KEY, big bigint, j jsonb, b bytea, t text, at timestamptz, d double precision, yes boolean)`,
    );
  });
  afterAll(() => source?.stop());

  it.skipIf(skipped)('hands back numbers, JSON, bytes, times and nothing as such', async () => {
    await database.query(
      `INSERT INTO a (id, big, j, b, t, at, d, yes) VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7, $8)`,
      [
        1,
        5_000_000_000,
        '{"x":[1,null]}',
        new Uint8Array([0, 255]),
        'ä\n"\'',
        '2026-01-02T03:04:05.678Z',
        0.1,
        true,
      ],
    );
    const [row] = await database.query<{ b: Uint8Array }>(
      'SELECT big, j, b, t, at, d, yes FROM a WHERE id = 1',
    );
    expect(row).toMatchObject({
      big: 5_000_000_000,
      j: { x: [1, null] },
      t: 'ä\n"\'',
      at: new Date('2026-01-02T03:04:05.678Z'),
      d: 0.1,
      yes: true,
    });
    expect([...(row?.b ?? [])]).toEqual([0, 255]);
    const nothing = [null, null, null, null, null, null, null];
    await database.query(
      'INSERT INTO a (id, big, j, b, t, at, d, yes) VALUES (2, $1, $2::jsonb, $3, $4, $5, $6, $7)',
      nothing,
    );
    const [empty] = await database.query('SELECT big, j, b, t, at, d, yes FROM a WHERE id = 2');
    expect(Object.values(empty ?? {})).toEqual(nothing);
  });

  it.skipIf(skipped)('counts as a number and gives no rows for what has none', async () => {
    expect(await database.query("UPDATE a SET t = 'x' WHERE id = -1")).toEqual([]);
    expect(await database.query('SELECT count(*) AS n, sum(id) AS s FROM a WHERE id < 0')).toEqual([
      { n: 0, s: null },
    ]);
    expect(await database.query('SELECT sum(id) AS s, 1.5::double precision AS d FROM a')).toEqual([
      { s: 3, d: 1.5 },
    ]);
  });

  it.skipIf(skipped)('keeps nothing of a transaction that throws', async () => {
    const failed = database.transaction(async (tx) => {
      await tx.query("INSERT INTO a (id, t) VALUES (3, 'lost')");
      throw new TypeError('no');
    });
    await expect(failed).rejects.toThrow(TypeError);
    expect(await database.query("SELECT * FROM a WHERE t = 'lost'")).toEqual([]);
  });

  it.skipIf(skipped)(
    'fails a transaction of which one statement failed, even when that was caught',
    async () => {
      const swallowed = database.transaction(async (tx) => {
        await tx.query("INSERT INTO a (id, t) VALUES (4, 'lost')");
        await tx.query('INSERT INTO a (id) VALUES (1)').catch(() => undefined);
      });
      await expect(swallowed).rejects.toThrow(/duplicate key/);
      expect(await database.query("SELECT * FROM a WHERE t = 'lost'")).toEqual([]);
    },
  );

  it.skipIf(skipped)('passes the errors of statements on with their SQLSTATE, and goes on', async () => {
    const code = (sql: string): Promise<unknown> =>
      database.query(sql).then(
        () => 'no error',
        (error: unknown) => (error as { code?: unknown }).code,
      );
    expect(await code('INSERT INTO a (id) VALUES (1)')).toBe('23505');
    expect(await code('NONSENSE')).toBe('42601');
    expect(await code('SELECT * FROM nothing')).toBe('42P01');
    expect(await code('SELECT 1 / 0')).toBe('22012');
    expect(await code('SELECT 1')).toBe('no error');
  });

  it.skipIf(skipped)('runs transactions that are begun at once, each as a whole', async () => {
    await database.query('INSERT INTO a (id, big) VALUES (5, 0)');
    const add = (): Promise<unknown> =>
      database.transaction(async (tx) => {
        const [row] = await tx.query<{ big: number }>('SELECT big FROM a WHERE id = 5 FOR UPDATE');
        await tx.query('UPDATE a SET big = $1 WHERE id = 5', [(row?.big ?? 0) + 1]);
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await database.query('SELECT big FROM a WHERE id = 5')).toEqual([{ big: 20 }]);
  });
});

describe('a database URL', () => {
  it.each([
    ['mysql://host/db', 'not supported'],
    ['pglite://relative', 'no absolute folder'],
    ['postgres://user:secret@127.0.0.1:1/db', '127.0.0.1:1, database db, user user cannot be reached'],
    ['postgres://user:sec@ret@127.0.0.1:1/db', 'cannot be reached'],
    ['postgres://user:se/cret@127.0.0.1:1/db', 'is no URL'],
    ['postgres://user:secret@127.0.0.1:1/db?sslmode=maybe', 'verify-full'],
    ['postgres://user:secret@127.0.0.1:1/db?sslmode=verify-ca', 'sslrootcert'],
    ['postgres://127.0.0.1:1/db?user=u&password=secret', 'cannot be reached'],
  ])('%s is refused with what is wrong, without the password', async (url, message) => {
    const failure = await openDatabase(url, { waitSeconds: 0 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toMatch(/secret|ret@|sec@/);
  });
});
