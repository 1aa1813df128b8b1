import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { SetupFailure } from './failure.mjs';
import { home, root } from './layout.mjs';

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** @throws {SetupFailure} on a platform for which no binaries of the engine exist */
export function checkPlatform(platform = `${process.platform}-${process.arch}`) {
  if (platforms.includes(platform)) return;
  const hint = platform.startsWith('win32') ? 'use the Windows Subsystem for Linux' : 'use another machine';
  throw new SetupFailure(
    `TRPrompt Mesh runs on Linux and macOS with an x64 or arm64 processor, and this is ${platform}: ${hint}.`,
  );
}

/** @throws {SetupFailure} when there is no npm on the PATH */
export function checkNpm(env) {
  try {
    execFileSync('npm', ['--version'], { env, stdio: 'ignore', cwd: root });
  } catch (error) {
    if (error.code !== 'ENOENT')
      throw new SetupFailure(
        `npm does not work (${firstLine(error)}): reinstall Node with npm and run the command again.`,
      );
    throw new SetupFailure(
      'npm is not on the PATH: install Node 20 or newer together with npm and run the command again.',
    );
  }
}

/** @throws {SetupFailure} when this checkout cannot be written */
export function checkWritable() {
  try {
    mkdirSync(home, { recursive: true });
    accessSync(root, constants.W_OK);
    accessSync(home, constants.W_OK);
  } catch {
    throw new SetupFailure(
      `The folder ${root} cannot be written: give the current user write access or clone the repository elsewhere, and run the command again.`,
    );
  }
}

/**
 * @param {number} bytes what the steps that are to be done need
 * @param {number} [free] bytes free on the disk of this checkout
 * @throws {SetupFailure} when there is less
 */
export function checkDisk(bytes, free = freeBytes()) {
  if (free >= bytes) return;
  throw new SetupFailure(
    `Set-up needs ${gigabytes(bytes)} of free disk space in ${root} and finds ${gigabytes(free)}: free some space and run the command again.`,
  );
}

function freeBytes() {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize;
}

const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
const firstLine = (error) => String(error.message).split('\n')[0];
