import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresSkipped, startPostgres, type PostgresServer } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseError, DatabaseUnavailable, openDatabase } from './index.js';

/** Why there is no certificate to test with. */
function openSslSkipped(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}

const reason = postgresSkipped() ?? openSslSkipped();

describe.skipIf(reason)(
  `sslmode and a server with TLS${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let folder: string;
    let server: PostgresServer;
    let certificate: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'trprompt-tls-'));
      certificate = join(folder, 'server.crt');
      const key = join(folder, 'server.key');
      const names = 'subjectAltName=IP:127.0.0.1';
      const request = [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=test',
        '-addext',
        names,
      ];
      execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
      // PostgreSQL wants the key to be its own, and runs as nobody when this is root.
      if (process.getuid?.() === 0)
        for (const path of [folder, key, certificate]) chownSync(path, 65_534, 65_534);
      server = await startPostgres({
        settings: { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key },
      });
    });
    afterAll(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function encrypted(query: string): Promise<unknown> {
      const database = await openDatabase(`${server.url()}${query}`, { waitSeconds: 0 });
      const rows = await database.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      await database.close();
      return rows[0]?.['ssl'];
    }

    it.each([
      ['', false],
      ['?sslmode=disable', false],
      ['?sslmode=prefer', true],
      ['?sslmode=require', true],
    ])('%s is encrypted: %s', async (query, expected) => {
      expect(await encrypted(query)).toBe(expected);
    });

    it('is verified by the CA that the URL names', async () => {
      for (const mode of ['require', 'verify-ca', 'verify-full'])
        expect(await encrypted(`?sslmode=${mode}&sslrootcert=${certificate}`)).toBe(true);
    });

    it.each([
      ['?sslmode=verify-full', 'self-signed certificate'],
      ['?sslmode=verify-full&sslrootcert=/not/there.pem', 'ENOENT'],
    ])('%s is refused at once: %s', async (query, message) => {
      const failure = await encrypted(query).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(DatabaseError);
      expect(failure).not.toBeInstanceOf(DatabaseUnavailable);
      expect(String(failure)).toContain(message);
    });
  },
);
