import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  postgresSkipped,
  smallDiskSkipped,
  startPostgres,
  startSmallDisk,
  type SmallDisk,
} from '@trprompt/testing';
import { DatabaseFull, openDatabase, type SqlDatabase } from './index.js';

const reason = smallDiskSkipped();
const title = reason === undefined ? '' : ` (skipped: ${reason})`;

/** Writes rows that do not compress until one is refused; returns how many were taken, and the refusal. */
async function writeUntilRefused(database: SqlDatabase): Promise<{ rows: number; refusal: unknown }> {
  const sql = `INSERT INTO a (t) SELECT string_agg(md5(random()::text || g), '') FROM generate_series(1, 2000) g`;
  for (let rows = 0; ; rows += 1) {
    const refusal = await database.query(sql).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) return { rows, refusal };
  }
}

const rowsOf = async (database: SqlDatabase): Promise<number> =>
  (await database.query<{ n: number }>('SELECT count(*) AS n FROM a'))[0]?.n ?? -1;

describe.skipIf(reason)(`a full disk under PGlite${title}`, () => {
  let disk: SmallDisk;
  let url: string;
  beforeEach(() => {
    disk = startSmallDisk(80);
    url = `pglite://${join(disk.folder, 'db')}`;
  });
  afterEach(() => disk.remove());

  it('refuses what has no room, keeps what was committed, and goes on when there is room', async () => {
    const database = await openDatabase(url);
    await database.query('CREATE TABLE a (t text)');
    await disk.fill(4 * 1024 * 1024);
    const { rows, refusal } = await writeUntilRefused(database);
    expect(refusal).toBeInstanceOf(DatabaseFull);
    expect(refusal).toMatchObject({ needsRestart: false });
    expect(String(refusal)).toMatch(/db has no space left .*: make space where its data lies/);
    const whole = database.transaction((tx) =>
      tx.query("INSERT INTO a (t) SELECT repeat('x', 10) FROM generate_series(1, 1000000)"),
    );
    await expect(whole).rejects.toThrow(DatabaseFull);
    expect(await rowsOf(database)).toBe(rows);
    await disk.free();
    await database.query("INSERT INTO a (t) VALUES ('room')");
    expect(await rowsOf(database)).toBe(rows + 1);
    await database.close();
  });

  it('fails every call at once after the log could not be written, until the process starts anew', async () => {
    const crashes: unknown[] = [];
    const database = await openDatabase(url, { onCrash: (failure) => crashes.push(failure) });
    await database.query('CREATE TABLE a (t text)');
    await database.query("INSERT INTO a (t) VALUES ('kept')");
    await disk.fill();
    // Messages go to the log only, which PostgreSQL cannot do without: it panics.
    const logged = async (): Promise<void> => {
      for (;;) await database.query("SELECT pg_logical_emit_message(false, 'test', repeat('x', 100000))");
    };
    const [first, second] = await Promise.all(
      [logged(), logged()].map((writing) => writing.catch((error: unknown) => error)),
    );
    for (const refusal of [first, second]) {
      expect(refusal).toBeInstanceOf(DatabaseFull);
      expect(refusal).toMatchObject({ needsRestart: true });
      expect(String(refusal)).toContain('restart the process after making space');
    }
    await expect(database.query('SELECT 1')).rejects.toBe(first);
    await expect(database.transaction((tx) => tx.query('SELECT 1'))).rejects.toBe(first);
    expect(crashes).toEqual([first]);
    await database.close();
    await expect(openDatabase(url)).rejects.toThrow(DatabaseFull);
    await disk.free();
    const again = await openDatabase(url);
    expect(await again.query('SELECT t FROM a')).toEqual([{ t: 'kept' }]);
    await again.close();
  });

  it('leaves no half database when it is made on a disk that is full', async () => {
    await disk.fill(20 * 1024 * 1024);
    await expect(openDatabase(url)).rejects.toThrow(/no space is left: make at least 64 MB of space/);
    await disk.free();
    const database = await openDatabase(url);
    expect(await database.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await database.close();
  });
});

describe.skipIf(reason ?? postgresSkipped())(`a full disk under PostgreSQL${title}`, () => {
  it('refuses what has no room, keeps what was committed, and goes on when there is room', async () => {
    const disk = startSmallDisk(120);
    const folder = join(disk.folder, 'server');
    await mkdir(folder);
    const server = await startPostgres({
      folder,
      settings: { min_wal_size: '32MB', max_wal_size: '32MB' },
    });
    try {
      const database = await openDatabase(server.url());
      await database.query('CREATE TABLE a (t text)');
      await disk.fill(2 * 1024 * 1024);
      const { rows, refusal } = await writeUntilRefused(database);
      expect(refusal).toBeInstanceOf(DatabaseFull);
      await disk.free();
      // A server that could not write its log restarts by itself.
      const deadline = performance.now() + 20_000;
      for (;;) {
        const back = await rowsOf(database).catch(() => undefined);
        if (back === rows) break;
        expect(performance.now()).toBeLessThan(deadline);
      }
      await database.query("INSERT INTO a (t) VALUES ('room')");
      expect(await rowsOf(database)).toBe(rows + 1);
      await database.close();
    } finally {
      await server.stop();
      disk.remove();
    }
  });
});
