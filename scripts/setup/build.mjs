import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { innerEnvironment, runLogged } from './commands.mjs';
import { SetupFailure } from './failure.mjs';
import { causeOf } from './diagnose.mjs';
import { readJson, sha256, sha256OfFile } from './files.mjs';
import { nodeBin, root } from './layout.mjs';

const skipped = new Set([
  'node_modules',
  'dist',
  'gen',
  'test-results',
  '.nx',
  '.trprompt',
  '__pycache__',
  '.venv',
]);
const sourceFolders = ['proto', 'libs', 'services', 'test'];
const rootFiles = ['package.json', 'nx.json', 'tsconfig.json', 'tsconfig.base.json'];

/** Compiles every package, through Nx, which skips what has not changed. */
export const build = {
  id: 'build',
  title: 'Build',
  note: 'about half a minute',
  diskBytes: 0.2e9,

  inputs: () => ({ lock: sha256OfFile(join(root, 'package-lock.json')), sources: fingerprint() }),
  /** What the compiler left behind: where it is gone, somebody has cleaned up. */
  outputs: () => packages().map(buildInfo).filter(exists),
  isIntact: (stamp) => stamp.outputs?.every(exists) === true,
  canAdopt: () => false,

  async run() {
    const env = innerEnvironment({ NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0' });
    const { ok, code, output } = await runLogged(
      join(nodeBin, 'nx'),
      ['run-many', '-t', 'build', '--parallel=2', '--output-style=static'],
      { cwd: root, env },
    );
    if (ok) return;
    const disk = causeOf(output) === 'disk';
    throw new SetupFailure(
      disk
        ? 'The services could not be built because the disk is full: free some space and run the command again.'
        : `The services could not be built (nx ended with ${code}): correct what the log names and run the command again.`,
      { logged: true },
    );
  },
};

/**
 * Size and time of every source file in one hash: cheap enough for each start (a few milliseconds), and a change
 * it reports in vain costs one look of Nx into its cache.
 * @returns {string}
 */
function fingerprint() {
  const lines = [];
  for (const file of rootFiles) lines.push(lineOf(file));
  for (const folder of sourceFolders) collect(folder, lines);
  return sha256(lines.join('\n'));
}

function collect(folder, lines) {
  if (!existsSync(join(root, folder))) return;
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) collect(path, lines);
    } else if (/\.(ts|proto|json|mjs|yaml)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) {
      lines.push(lineOf(path));
    }
  }
}

function lineOf(path) {
  const { size, mtimeMs } = statSync(join(root, path), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
  return `${path} ${size} ${mtimeMs}`;
}

const buildInfo = (folder) => `${folder}/dist/tsconfig.tsbuildinfo`;
const exists = (path) => existsSync(join(root, path));

/** Folders of the packages that have a build script. */
function packages() {
  return sourceFolders
    .flatMap((folder) =>
      existsSync(join(root, folder, 'package.json'))
        ? [folder]
        : readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    )
    .filter((folder) => readJson(join(root, folder, 'package.json'))?.scripts?.build !== undefined);
}
