import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kafkaSkipped } from '@trprompt/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, leftOf } from './fake-checkout.js';
import { fakeJava } from './fake-programs.js';

const script = fileURLToPath(new URL('../../scripts/kafka.mjs', import.meta.url));
let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trprompt-kafka-command-'));
  mkdirSync(join(folder, 'bin'));
  for (const name of ['cat', 'mkdir', 'sleep', 'touch'])
    symlinkSync(`/bin/${name}`, join(folder, 'bin', name));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

const program = (name: string, text: string): void => {
  writeFileSync(join(folder, 'bin', name), text);
  chmodSync(join(folder, 'bin', name), 0o755);
};
const cache = (): string => join(folder, 'cache', 'trprompt-mesh');

/** Starts the command. `ended` resolves with its exit code. */
function kafka(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const says = async (text: string): Promise<void> => {
    await expect.poll(() => output, { timeout: 60_000 }).toContain(text);
  };
  return { child, ended, says, output: () => output };
}

/** A Maven that writes down that it was called and does what it is told. */
const maven = (does: string): void =>
  program(
    'mvn',
    `#!/bin/sh
echo "$*" >> '${join(folder, 'maven.log')}'
echo $$ > '${join(folder, 'maven.pid')}'
for argument in "$@"; do
  case "$argument" in -DoutputDirectory=*) jars="\${argument#-DoutputDirectory=}" ;; esac
done
mkdir -p "$jars"
${does}
`,
  );
const log = (): string[] => readFileSync(join(folder, 'maven.log'), 'utf8').trim().split('\n');

describe('npm run kafka, which needs Java and Maven', () => {
  it('explains itself with examples', async () => {
    const { ended, output } = kafka(['--help']);
    expect(await ended).toBe(0);
    expect(output()).toMatch(/^Usage: npm run kafka/);
    expect(output()).toContain('npm run kafka -- --port 0');
  });

  it.each([
    [['--prot', '1'], /^Unknown option '--prot': "npm run kafka -- --help" lists the options\.\n$/],
    [['--port', '70000'], /^--port 70000 is no port: give a whole number from 0 to 65535\.\n$/],
  ])('refuses %j', async (args, sentence) => {
    const { ended, output } = kafka(args);
    expect(await ended).toBe(2);
    expect(output()).toMatch(sentence);
  });

  it('refuses a Java that is too old, by its name in JAVA_HOME', async () => {
    mkdirSync(join(folder, 'old', 'bin'), { recursive: true });
    writeFileSync(join(folder, 'old', 'bin', 'java'), fakeJava.replace('17.0.1', '11.0.2'));
    chmodSync(join(folder, 'old', 'bin', 'java'), 0o755);
    const { ended, output } = kafka([], { JAVA_HOME: join(folder, 'old') });
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^Kafka needs Java 17 or newer and the one in JAVA_HOME \(.*old\) is 11: /);
  });

  it('says in one sentence that it cannot be fetched, and leaves nothing half-fetched', async () => {
    program('java', fakeJava);
    maven('echo "[ERROR] Could not transfer artifact: Unknown host"; exit 1');
    const { ended, output } = kafka(['--fetch']);
    expect(await ended).toBe(1);
    expect(output()).toMatch(
      /\nKafka [\d.]+ could not be fetched by Maven: connect to the network, or name a mirror .* Unknown host\n$/,
    );
    expect(readdirSync(cache())).toEqual([]);
  });

  it('fetches once when two want it at once, and not again', async () => {
    program('java', fakeJava);
    maven(`while ! [ -f '${join(folder, 'go')}' ]; do sleep 0.05; done; touch "$jars/a.jar"`);
    const first = kafka(['--fetch']);
    await first.says('Fetching Kafka');
    const second = kafka(['--fetch']);
    await second.says('Another process');
    writeFileSync(join(folder, 'go'), '');
    expect([await first.ended, await second.ended]).toEqual([0, 0]);
    expect(await kafka(['--fetch']).ended).toBe(0);
    expect(log()).toEqual([
      expect.stringMatching(/--strict-checksums .*maven-dependency-plugin:3\.8\.1:copy-dependencies/),
    ]);
    const [name = ''] = readdirSync(cache());
    expect(readdirSync(join(cache(), name))).toEqual(['a.jar']);
  });

  it('begins anew after a fetch that was killed, whose Maven does not outlive it', async () => {
    program('java', fakeJava);
    maven('sleep 1000');
    const killed = kafka(['--fetch']);
    await expect.poll(() => existsSync(join(folder, 'maven.pid')), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => readFileSync(join(folder, 'maven.pid'), 'utf8')).toMatch(/\d+\n/);
    const pid = Number(readFileSync(join(folder, 'maven.pid'), 'utf8'));
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await leftOf([pid], 10)).toEqual([]);
    maven('touch "$jars/a.jar"');
    expect(await kafka(['--fetch']).ended).toBe(0);
    expect(readdirSync(cache())).toHaveLength(1);
  });
});

describe.skipIf(kafkaSkipped())('npm run kafka, with a real broker', () => {
  // The user's own cache and programs, as `kafkaSkipped` has found them to work.
  const real = (): Record<string, string> => {
    const { PATH = '', HOME = '', JAVA_HOME = '', XDG_CACHE_HOME = '' } = process.env;
    return { PATH, HOME, JAVA_HOME, XDG_CACHE_HOME };
  };
  const listening = async (...args: string[]) => {
    const broker = kafka(['--port', '0', '--data', join(folder, 'data'), ...args], real());
    await broker.says('Ctrl-C stops the broker');
    const line = /^\{"event":"listening".*\}$/m.exec(broker.output())?.[0] ?? '{}';
    return { ...broker, ...(JSON.parse(line) as { brokers: string; pid: number }) };
  };

  it('announces itself, refuses a second one on its data or port, and ends with Ctrl-C', async () => {
    const broker = await listening();
    expect(broker.brokers).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(broker.output()).toContain(`TRPROMPT_KAFKA_BROKERS=${broker.brokers}`);

    const same = kafka(['--data', join(folder, 'data')], real());
    expect(await same.ended).toBe(1);
    expect(same.output()).toMatch(
      /^A broker is already running with the data of .*data \(process \d+\): use it/,
    );
    const port = broker.brokers.split(':').at(-1) ?? '';
    const taken = kafka(['--port', port, '--data', join(folder, 'other')], real());
    expect(await taken.ended).toBe(1);
    expect(taken.output()).toContain(`Port ${port} of 127.0.0.1 cannot be used (EADDRINUSE)`);

    const id = readFileSync(join(folder, 'data', 'log', 'meta.properties'), 'utf8');
    broker.child.kill('SIGINT');
    expect(await broker.ended).toBe(0);
    expect(isAlive(broker.pid)).toBe(false);

    const again = await listening();
    expect(readFileSync(join(folder, 'data', 'log', 'meta.properties'), 'utf8')).toBe(id);
    again.child.stdin.end();
    again.child.kill('SIGTERM');
    expect(await again.ended).toBe(143);
    expect(isAlive(again.pid)).toBe(false);
  });

  it('leaves no broker behind when it is killed, or its parent is gone', async () => {
    const killed = await listening();
    killed.child.kill('SIGKILL');
    expect(await leftOf([killed.pid], 10)).toEqual([]);
    const orphaned = await listening('--fresh', '--exit-with-parent');
    orphaned.child.stdin.end();
    expect(await orphaned.ended).toBe(0);
    expect(isAlive(orphaned.pid)).toBe(false);
  });

  it('says that the broker ended by itself, and where its log is', async () => {
    const broker = await listening();
    process.kill(broker.pid, 'SIGKILL');
    expect(await broker.ended).toBe(1);
    expect(broker.output()).toMatch(/The broker ended by itself \(SIGKILL\)\. Log: .*broker\.log\n$/);
  });

  it('says what a setting has wrong', async () => {
    writeFileSync(join(folder, 'bad.properties'), 'num.io.threads=none\n');
    const args = ['--port', '0', '--data', join(folder, 'bad'), '--settings', join(folder, 'bad.properties')];
    const broker = kafka(args, real());
    expect(await broker.ended).toBe(1);
    expect(broker.output()).toMatch(/could not be formatted for Kafka: .*num\.io\.threads/);
  });
});
