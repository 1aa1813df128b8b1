import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeExclusive } from '../setup/exclusive.mjs';
import { LaunchFailure } from '../start/failure.mjs';
import { runGuarded } from './child.mjs';

export const kafkaVersion = '4.4.0';
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** A network that swallows everything must not hold it up for minutes. Milliseconds. */
const patience = ['-Dmaven.wagon.http.connectionTimeout=10000', '-Dmaven.wagon.rto=30000'];
const name = `kafka-${kafkaVersion}`;

/** The user's cache folder of this project, outside the checkout. */
export function cacheFolder(env = process.env) {
  const base = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return join(base ?? join(env.HOME ?? homedir(), '.cache'), 'trprompt-mesh');
}

/**
 * The folder with Kafka's jars, fetched by Maven when it is not in the cache yet. It appears there by one rename, when it is complete; of two processes
 * that want it at once, one fetches and the other waits.
 * @param {(text: string) => void} say progress
 * @returns {Promise<string>}
 * @throws {LaunchFailure} when Maven is missing or cannot fetch it
 */
export async function jarsOfKafka(say) {
  const cache = cacheFolder();
  const jars = join(cache, name);
  if (existsSync(jars)) return jars;
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new LaunchFailure(
      `The cache folder ${cache} cannot be created (${error.code}): set XDG_CACHE_HOME to a folder that can be written.`,
    );
  }
  let told = false;
  const release = await takeExclusive(join(cache, `${name}.lock.json`), async ({ pid }) => {
    if (!told) say(`Another process (${pid}) is fetching Kafka; waiting for it to end ...`);
    told = true;
    await sleep(200);
  });
  try {
    if (!existsSync(jars)) await fetchJars(cache, jars, say);
    return jars;
  } finally {
    release();
  }
}

async function fetchJars(cache, jars, say) {
  const prefix = `.${name}-`;
  // What a fetch that was killed has left; nobody else fetches while the lock is held.
  for (const entry of readdirSync(cache))
    if (entry.startsWith(prefix)) rmSync(join(cache, entry), { recursive: true, force: true });
  const staging = mkdtempSync(join(cache, prefix));
  const started = performance.now();
  say(`Fetching Kafka ${kafkaVersion} by Maven (43 MB, once) ...`);
  try {
    writeFileSync(join(staging, 'pom.xml'), pom);
    const output = `-DoutputDirectory=${join(staging, 'jars')}`;
    await maven(
      ['-B', '-q', '--strict-checksums', ...patience, plugin, output, '-DincludeScope=runtime'],
      staging,
    );
    renameSync(join(staging, 'jars'), jars);
    say(`Kafka ${kafkaVersion} is in ${jars} (${Math.round((performance.now() - started) / 1000)} s).`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function maven(args, cwd) {
  const { code, output } = await runGuarded('mvn', args, { cwd });
  if (code === 0) return;
  if (code === 'ENOENT')
    throw new LaunchFailure(
      'Kafka is fetched by Maven, and there is no mvn on the PATH: install Maven and run the command again.',
    );
  const reason = /\[ERROR\]\s+(.+)/.exec(output)?.[1] ?? output.trim().split('\n')[0];
  throw new LaunchFailure(
    `Kafka ${kafkaVersion} could not be fetched by Maven: connect to the network, or name a mirror in ~/.m2/settings.xml, and run the command again. Maven (${code}) said: ${reason.slice(0, 400)}`,
  );
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>trprompt</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
