import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDatabase, type SqlDatabase } from '@trprompt/store';
import { postgresSkipped, startPostgres, type PostgresServer } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startListening, type ListeningProcess } from '../support/process.js';

const coordinator = fileURLToPath(new URL('../../services/coordinator/dist/main.js', import.meta.url));
/** Where nothing listens; the services are not called here. */
const nowhere = '127.0.0.1:1';

describe.skipIf(postgresSkipped())('coordinators that start', () => {
  let server: PostgresServer;
  let admin: SqlDatabase;
  beforeAll(async () => {
    server = await startPostgres();
    admin = await openDatabase(server.url());
  });
  afterAll(async () => {
    await admin.close();
    await server.stop();
  });

  const environment = (database: string): Record<string, string> => ({
    TRPROMPT_EXIT_WITH_PARENT: '1',
    TRPROMPT_LOG_LEVEL: 'warn',
    TRPROMPT_DATABASE_URL: server.url(database),
    TRPROMPT_ARTEFACTS: 'not-used',
    TRPROMPT_PROMPT_MODEL_ADDRESS: nowhere,
    TRPROMPT_TARGET_LLM_ADDRESS: nowhere,
    TRPROMPT_REWARD_CRITIC_ADDRESS: nowhere,
    TRPROMPT_TRAINER_ADDRESS: nowhere,
    TRPROMPT_TEXTGRAD_ADDRESS: nowhere,
  });

  async function start(database: string): Promise<ListeningProcess> {
    const running = await startListening(coordinator, [], environment(database));
    onTestFinished(() => running.stop());
    return running;
  }

  it('at once on an empty database give it its schema once, and all serve', async () => {
    await admin.query('CREATE DATABASE fresh');
    const running = await Promise.all(Array.from({ length: 4 }, () => start('fresh')));
    expect(running.map((each) => each.log())).toEqual(['', '', '', '']);
    const fresh = await openDatabase(server.url('fresh'));
    const versions = await fresh.query<{ version: number }>(
      'SELECT version FROM migrations ORDER BY version',
    );
    expect(versions).toEqual(versions.map((_, index) => ({ version: index + 1 })));
    expect(versions.length).toBeGreaterThan(1);
    await fresh.close();
  });

  it('before their database wait for it, and say so without the password', async () => {
    await server.kill();
    const child = spawn(process.execPath, [coordinator], {
      env: environment('postgres'),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const gone = once(child, 'close');
    onTestFinished(async () => {
      child.stdin.end();
      await gone;
    });
    const [waiting] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
    expect(waiting).toMatch(
      /waiting for the database: PostgreSQL at 127\.0\.0\.1:\d+, database postgres, user trprompt/,
    );
    expect(waiting).not.toContain('trprompt:trprompt');
    await server.restart();
    const [listening] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(JSON.parse(listening)).toMatchObject({ event: 'listening', service: 'coordinator' });
  });
});
