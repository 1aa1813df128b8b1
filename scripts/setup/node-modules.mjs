import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { outerEnvironment, runLogged } from './commands.mjs';
import { installFailure } from './diagnose.mjs';
import { SetupFailure } from './failure.mjs';
import { readJson, sha256OfFile } from './files.mjs';
import { nodeBin, root } from './layout.mjs';

/** `npm ci` whenever package-lock.json has changed or what is installed is not what it says. */
export const nodeModules = {
  id: 'npm',
  title: 'npm packages',
  note: '0.7 GB, about half a minute',
  diskBytes: 1.5e9,

  inputs: () => ({ lock: sha256OfFile(join(root, 'package-lock.json')) }),

  isIntact: () => ['node', 'nx', 'tsc', 'vitest'].every((tool) => existsSync(join(nodeBin, tool))),

  /** A developer's own `npm install` that agrees with the lock is as good as ours. */
  canAdopt: () => nodeModules.isIntact() && installedMatchesLock(),

  async run() {
    const { ok, code, output } = await runLogged('npm', ['ci'], { cwd: root, env: outerEnvironment() });
    if (!ok)
      throw new SetupFailure(installFailure('The npm packages', 'npm', output, code), { logged: true });
    if (!nodeModules.isIntact()) {
      throw new SetupFailure(
        'npm ended well but left tools out (node, nx, tsc or vitest): remove "omit", "ignore-scripts" and "bin-links" from your npm configuration and run the command again.',
        { logged: true },
      );
    }
  },
};

/** npm writes node_modules/.package-lock.json last, after everything it lists has been put in place. */
function installedMatchesLock() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  const agrees = (path) =>
    wanted[path] !== undefined &&
    installed[path].version === wanted[path].version &&
    installed[path].integrity === wanted[path].integrity;
  const isNeeded = (path) => path.startsWith('node_modules/') && !wanted[path].optional && !wanted[path].peer;
  return (
    Object.keys(installed).every(agrees) &&
    Object.keys(wanted).every((path) => !isNeeded(path) || installed[path] !== undefined)
  );
}
