import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.js';
import { DatabaseError, migrate, openDatabase, type SqlDatabase } from './index.js';

describe('a database', () => {
  let database: SqlDatabase;
  beforeAll(async () => {
    database = await openDatabase('pglite:memory');
  });
  afterAll(() => database.close());

  const first = { version: 1, name: 'one', statements: ['CREATE TABLE a (n bigint, j jsonb, b bytea)'] };
  const second = { version: 2, name: 'two', statements: ['ALTER TABLE a ADD COLUMN t text'] };

  it('is migrated forward, each version once', async () => {
    expect(await migrate(database, [first])).toEqual([1]);
    expect(await migrate(database, [second, first])).toEqual([2]);
    expect(await migrate(database, [first, second])).toEqual([]);
  });

  it('is left as it was by a migration that fails', async () => {
    const broken = { version: 3, name: 'three', statements: ['CREATE TABLE c (n integer)', 'NONSENSE'] };
    await expect(migrate(database, [first, second, broken])).rejects.toThrow(/syntax error/);
    await expect(database.query('SELECT * FROM c')).rejects.toThrow(/does not exist/);
  });

  it('refuses a program that is older than its schema', async () => {
    await expect(migrate(database, [first])).rejects.toThrow(/schema version 2, this program knows 1/);
  });

  it('hands back numbers, JSON and bytes as such', async () => {
    await database.query('INSERT INTO a (n, j, b) VALUES ($1, $2::jsonb, $3)', [
      5_000_000_000,
      '{"x":[1,null]}',
      new Uint8Array([0, 255]),
    ]);
    const [row] = await database.query<{ n: number; j: unknown; b: Uint8Array }>('SELECT n, j, b FROM a');
    expect(row).toMatchObject({ n: 5_000_000_000, j: { x: [1, null] } });
    expect([...(row?.b ?? [])]).toEqual([0, 255]);
  });

  it('keeps nothing of a transaction that throws', async () => {
    const failed = database.transaction(async (tx) => {
      await tx.query("INSERT INTO a (t) VALUES ('lost')");
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await database.query("SELECT * FROM a WHERE t = 'lost'")).toEqual([]);
  });

  it.each([
    ['mysql://host/db', 'not supported'],
    ['pglite://relative', 'no absolute folder'],
    ['postgres://user:secret@127.0.0.1:1/db', 'cannot be reached'],
  ])('says what is wrong with the URL %s', async (url, message) => {
    const failure = await openDatabase(url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('secret');
  });
});

describe('the lock of a database folder', () => {
  let parent: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'trprompt-lock-'));
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  it('is held by one at a time and says by whom', async () => {
    const folder = join(parent, 'held');
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`is open in process ${process.pid}`);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('is taken over from a process that is gone', async () => {
    const folder = join(parent, 'stale');
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await writeFile(`${folder}.lock`, JSON.stringify({ pid: child.pid, started: '1' }));
    const lock = await lockFolder(folder);
    expect(JSON.parse(await readFile(`${folder}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('is taken over from another process that had this process id', async () => {
    const folder = join(parent, 'reused');
    await writeFile(`${folder}.lock`, JSON.stringify({ pid: process.pid, started: 'long ago' }));
    const lock = await lockFolder(folder);
    expect(JSON.parse(await readFile(`${folder}.lock`, 'utf8'))).not.toMatchObject({ started: 'long ago' });
    await lock.release();
  });
});
