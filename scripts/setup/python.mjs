import { execFileSync } from 'node:child_process';
import { SetupFailure } from './failure.mjs';

/** Tried in this order; the requirements are pinned for Python 3.10 to 3.13. */
const names = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const oldest = [3, 10];
const newest = [3, 13];

const probe = `
import sys
try:
    import venv, ensurepip
    ready = "venv"
except ImportError:
    ready = "bare"
print(sys.version_info[0], sys.version_info[1], ready, sys.maxsize > 2**32, sys.executable)
`;

/**
 * Finds a Python that can make the environment.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ path: string, version: string }}
 * @throws {SetupFailure} saying which Pythons were found and why none will do
 */
export function findPython(env = process.env) {
  const found = names.map((name) => probePython(name, env)).filter((python) => python !== undefined);
  const fit = found.find((python) => inRange(python) && python.venv && python.wide);
  if (fit) return { path: fit.path, version: fit.version };

  const bare = found.find((python) => inRange(python) && !python.venv);
  if (bare) {
    throw new SetupFailure(
      `Python ${bare.version} at ${bare.path} lacks the venv module: install it (Debian, Ubuntu: "apt install python${bare.version}-venv") and run the command again.`,
    );
  }
  if (found.length > 0) {
    const list = [
      ...new Set(found.map((python) => `${python.version}${python.wide ? '' : ' (32 bit)'}`)),
    ].join(', ');
    throw new SetupFailure(
      `Python 3.10 to 3.13 (64 bit) is needed and only Python ${list} was found: install one of these versions and run the command again.`,
    );
  }
  throw new SetupFailure(
    'No Python was found on the PATH: install Python 3.10 to 3.13 with its venv module and run the command again.',
  );
}

function probePython(name, env) {
  try {
    const text = execFileSync(name, ['-c', probe], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 30_000,
    }).toString();
    const [major, minor, ready, wide, ...path] = text.trim().split(' ');
    return {
      number: [Number(major), Number(minor)],
      version: `${major}.${minor}`,
      venv: ready === 'venv',
      wide: wide === 'True',
      path: path.join(' '),
    };
  } catch {
    return undefined;
  }
}

const inRange = ({ number: [major, minor] }) =>
  major === oldest[0] && minor >= oldest[1] && minor <= newest[1];
