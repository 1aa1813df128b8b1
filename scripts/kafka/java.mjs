import { join } from 'node:path';
import { LaunchFailure } from '../start/failure.mjs';
import { runGuarded } from './child.mjs';

/** Oldest Java that Kafka 4 runs on. */
const oldest = 17;

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} the java program: of JAVA_HOME when that is set, else of the PATH
 * @throws {LaunchFailure} when there is none, or only one that is too old
 */
export async function findJava(env = process.env) {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const where = env.JAVA_HOME ? ` in JAVA_HOME (${env.JAVA_HOME})` : ' on the PATH';
  const { code, output } = await runGuarded(java, ['-version'], { env });
  const version = /version "(?:1\.)?(\d+)[^"]*"/.exec(output);
  if (code !== 0 || version === null)
    throw new LaunchFailure(
      `Kafka needs Java ${oldest} or newer and there is none${where}: install a JRE and run the command again.`,
    );
  if (Number(version[1]) >= oldest) return java;
  throw new LaunchFailure(
    `Kafka needs Java ${oldest} or newer and the one${where} is ${version[1]}: install a newer JRE or set JAVA_HOME and run the command again.`,
  );
}
