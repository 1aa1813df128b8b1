import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outerEnvironment, runLogged } from './commands.mjs';
import { installFailure } from './diagnose.mjs';
import { SetupFailure } from './failure.mjs';
import { sha256OfFile } from './files.mjs';
import { root, uvDir, venvDir, venvPython, workerDir } from './layout.mjs';
import { findPython } from './python.mjs';
import { uvSettings } from './python-index.mjs';

const uv = join(uvDir, 'bin', 'uv');
const uvPython = join(uvDir, 'bin', 'python');
const uvRequirements = join(workerDir, 'requirements-uv.txt');
const requirements = join(workerDir, 'requirements.txt');

/** The installer of the Python packages: pip alone takes far longer over them. */
export const uvInstaller = {
  id: 'uv',
  title: 'Python installer',
  note: 'a few seconds',
  diskBytes: 0.2e9,

  inputs: () => ({ requirements: sha256OfFile(uvRequirements) }),
  isIntact: () => existsSync(uv) && existsSync(uvPython),
  canAdopt: () => false,

  async run() {
    const python = findPython();
    rmSync(uvDir, { recursive: true, force: true });
    await install('The Python installer (uv)', python.path, ['-m', 'venv', uvDir]);
    const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
    await install('The Python installer (uv)', uvPython, [...pip, '--require-hashes', '-r', uvRequirements]);
  },
};

/** torch, transformers and peft for the trainer's worker. */
export const pythonEnvironment = {
  id: 'python',
  title: 'Python environment',
  note: '5.4 GB, about a minute',
  diskBytes: 7e9,

  inputs: () => ({ requirements: sha256OfFile(requirements) }),
  isIntact: () => existsSync(venvPython) && existsSync(join(venvDir, 'pyvenv.cfg')),
  canAdopt: () => false,

  /** @param {{ torn: boolean }} state torn: an environment begun and never finished is made anew */
  async run({ torn }) {
    if (torn || !(await works())) {
      rmSync(venvDir, { recursive: true, force: true });
      const { path } = findPython();
      await install('The Python environment', uv, [
        'venv',
        '--no-python-downloads',
        '--python',
        path,
        venvDir,
      ]);
    }
    // Over an environment that is already complete this only compares, in a second.
    await installRequirements('The Python packages', ['--python', venvPython, '-r', requirements]);
  },
};

/** uv pip install with hashes required, honouring what the user told pip. */
export async function installRequirements(what, args) {
  await install(what, uv, ['pip', 'install', '--require-hashes', ...args], uvSettings(uvPython));
}

async function works() {
  if (!pythonEnvironment.isIntact()) return false;
  return (
    await runLogged(venvPython, ['-c', 'import sys; assert (3, 10) <= sys.version_info < (3, 14)'], {
      cwd: root,
    })
  ).ok;
}

async function install(what, command, args, extra = {}) {
  const env = outerEnvironment({ ...extra, PYTHONNOUSERSITE: '1', UV_NO_PROGRESS: '1' });
  delete env.PYTHONPATH;
  delete env.VIRTUAL_ENV;
  const { ok, code, output } = await runLogged(command, args, { cwd: root, env });
  if (!ok) throw new SetupFailure(installFailure(what, 'Python', output, code), { logged: true });
}
