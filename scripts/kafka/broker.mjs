import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchFailure } from '../start/failure.mjs';
import { runGuarded, startGuarded } from './child.mjs';
import { serverProperties } from './settings.mjs';

/** Starts quickly and stays small (about 200 MB); info messages tell when it is up. */
const jvm = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+ExitOnOutOfMemoryError',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn',
];
const startupMs = 90_000;
const stopMs = 15_000;

/**
 * Formats the data folder when it is new and starts a broker.
 * @param {{ java: string, jars: string, port: number, data: string, fresh: boolean, settings?: string, scram: string[] }} options port 0 picks one
 * @returns {Promise<{ pid: number, port: number, logFile: string, ended: Promise<unknown>, stop: () => Promise<void> }>} when it takes connections
 * @throws {LaunchFailure} when the port is taken or it does not come up
 */
export async function startBroker({ java, jars, port: wanted, data, fresh, settings, scram }) {
  const log = join(data, 'log');
  const logFile = join(data, 'broker.log');
  const properties = join(data, 'server.properties');
  if (fresh) rmSync(log, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const port = await freePort(wanted);
  const controllerPort = await freePort(0);
  // The settings may hold passwords.
  writeFileSync(properties, serverProperties({ port, controllerPort, log, extra: settings }), {
    mode: 0o600,
  });
  const command = (...args) => [...jvm, '-cp', join(jars, '*'), ...args];
  if (!existsSync(join(log, 'meta.properties'))) {
    const users = scram.flatMap((user) => ['--add-scram', user]);
    const format = ['format', '--ignore-formatted', '-t', clusterId(), '-c', properties, ...users];
    const { code, output } = await runGuarded(java, command('kafka.tools.StorageTool', ...format));
    if (code !== 0) throw new LaunchFailure(`${data} could not be formatted for Kafka: ${errorOf(output)}`);
  }
  const broker = startGuarded(java, command('kafka.Kafka', properties));
  const file = createWriteStream(logFile);
  const started = waitForStart(broker, file);
  try {
    await started;
  } catch (error) {
    broker.signal('SIGKILL');
    throw new LaunchFailure(`The broker did not come up: ${error.message} Log: ${logFile}`);
  }
  return {
    pid: broker.pid,
    port,
    logFile,
    ended: broker.ended,
    stop: async () => {
      broker.signal('SIGTERM');
      const late = new AbortController();
      const kill = sleep(stopMs, undefined, { signal: late.signal }).then(() => broker.signal('SIGKILL'));
      kill.catch(() => {});
      await broker.ended;
      late.abort();
    },
  };
}

/** Resolves when the broker says that it has started; its output goes to the log file all the time. */
function waitForStart(broker, file) {
  let output = '';
  let up = false;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it was not up after ${startupMs / 1000} s.`)),
      startupMs,
    );
    const take = (chunk) => {
      file.write(chunk);
      if (up) return;
      output = (output + chunk).slice(-65_536);
      if (!output.includes('Kafka Server started')) return;
      up = true;
      clearTimeout(timer);
      resolve();
    };
    for (const stream of [broker.stdout, broker.stderr]) stream.setEncoding('utf8').on('data', take);
    void broker.ended.then(({ code }) => {
      clearTimeout(timer);
      file.end();
      reject(new Error(`it ended with ${code}: ${errorOf(output)}`));
    });
  });
}

/** The first error of a log, or its last line. */
const errorOf = (output) =>
  /(?:^|\n)[^\n]*\b(?:ERROR|Exception)\b[^\n]*/.exec(output)?.[0].trim().slice(0, 400) ?? lastLine(output);
const lastLine = (output) => output.trim().split('\n').at(-1).slice(0, 400);

/** A Kafka UUID: 16 bytes as URL-safe base64, which must not look like an option. */
function clusterId() {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

/** @returns {Promise<number>} the port itself, or one that is free for 0 */
function freePort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) =>
      reject(
        new LaunchFailure(
          `Port ${port} of 127.0.0.1 cannot be used (${error.code}): stop what listens there, or give another port with --port (0 picks a free one).`,
        ),
      ),
    );
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address();
      probe.close(() => resolve(found));
    });
  });
}
