import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificates, type Certificates } from './certificates.js';
import { scramUsers, securitySettings } from './security.js';

/** `npm run kafka`: tests use the broker that users get. */
const script = fileURLToPath(new URL('../../../../scripts/kafka.mjs', import.meta.url));

/** How a broker is started. */
export interface KafkaOptions {
  /** Clients have to log in as this user, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  sasl?: { username: string; password: string };
  /** Clients have to use TLS, with a certificate of their own when `clientAuth`. Needs the openssl command. */
  tls?: { clientAuth?: boolean };
  /** Default: a free one. */
  port?: number;
  /** More of Kafka's server.properties. */
  settings?: Record<string, string>;
}

/** A real Kafka broker on loopback with nothing in it. */
export interface KafkaBroker {
  /** "127.0.0.1:port". */
  readonly brokers: string;
  readonly port: number;
  /** Process id of the broker. */
  readonly pid: number;
  /** PEM texts of the authority that signed the broker's certificate, and of a client's certificate; only with `tls`. */
  readonly certificates?: Certificates;
  /** Everything that its launcher wrote so far. */
  log(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Starts it again on its port with its data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

let skipped: { reason: string | undefined } | undefined;

/** Why there is no Kafka for tests here (no Java, no Maven, no network for the first fetch), or undefined where there is one. Prints the reason once. */
export function kafkaSkipped(): string | undefined {
  if (skipped !== undefined) return skipped.reason;
  const { status, stderr } = spawnSync(process.execPath, [script, '--fetch'], { encoding: 'utf8' });
  skipped = { reason: status === 0 ? undefined : stderr.trim() };
  if (skipped.reason !== undefined) process.stderr.write(`Kafka tests are skipped: ${skipped.reason}\n`);
  return skipped.reason;
}

/** Starts a broker; takes about 4 s. Throws with what it printed when it does not come up. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'trprompt-kafka-'));
  const certificates = options.tls === undefined ? undefined : await makeCertificates(folder);
  const settings = { ...securitySettings(options, folder), ...options.settings };
  const settingsFile = join(folder, 'settings.properties');
  await writeFile(
    settingsFile,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const args = ['--data', join(folder, 'data'), '--settings', settingsFile, ...scramUsers(options.sasl)];
  const logs: string[] = [];
  let running = await launch([...args, '--port', String(options.port ?? 0)], logs);
  const { port } = running;
  const kill = async (): Promise<void> => {
    const { child, pid } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    process.kill(pid, 'SIGKILL');
    // Its launcher ends with it, and not before.
    await gone;
  };
  return {
    brokers: `127.0.0.1:${port}`,
    port,
    get pid() {
      return running.pid;
    },
    certificates,
    log: () => logs.join(''),
    kill,
    restart: async () => {
      running = await launch([...args, '--port', String(port)], logs);
    },
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  child: ChildProcess;
  pid: number;
  port: number;
}

async function launch(args: readonly string[], logs: string[]): Promise<Running> {
  const child = spawn(process.execPath, [script, '--exit-with-parent', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  return new Promise((resolve, reject) => {
    const take = (chunk: string): void => {
      logs.push(chunk);
      output += chunk;
      const line = /^\{"event":"listening".*\}$/m.exec(output)?.[0];
      if (line === undefined) return;
      const { brokers, pid } = JSON.parse(line) as { brokers: string; pid: number };
      resolve({ child, pid, port: Number(brokers.split(':').at(-1)) });
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.once('close', (code) => reject(new Error(`the broker ended with ${code}: ${output}`)));
  });
}
