import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** A package of the workspace. */
export interface Package {
  /** Relative to the root, such as libs/core. */
  folder: string;
  name: string;
  manifest: {
    name: string;
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  /** TypeScript files, relative to the root. */
  files: string[];
}

/** A module that a file names in an import, an export or a dynamic import. */
export interface Import {
  file: string;
  specifier: string;
  /** `import type` and the like: gone at run time. */
  typeOnly: boolean;
}

/** Files that are tracked, or would be: neither ignored nor deleted. Relative to the root. */
export const trackedFiles: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: root, maxBuffer: 64 * 1024 * 1024 },
)
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

export const packages: readonly Package[] = trackedFiles
  .filter((file) => /^(proto|test|(libs|services)\/[^/]+)\/package\.json$/.test(file))
  .map((file) => {
    const folder = dirname(file);
    const manifest = JSON.parse(read(file)) as Package['manifest'];
    const files = trackedFiles.filter((each) => each.startsWith(`${folder}/`) && each.endsWith('.ts'));
    return { folder, name: manifest.name, manifest, files };
  });

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n$]+)['"]\s*\)/g;

/** Every import of a file, comments left out. */
export function importsOf(file: string): Import[] {
  const source = read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');
  return [...source.matchAll(statement)].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

/** The npm package of a bare specifier: `@scope/name` or `name`. Undefined for relative and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether a relative import leaves its package. */
export function leavesPackage({ file, specifier }: Import, folder: string): boolean {
  return specifier.startsWith('.') && relative(folder, join(dirname(file), specifier)).startsWith('..');
}

/** Tests and what only they use. */
export const isTestCode = (file: string): boolean =>
  /\.test\.ts$|(^|\/)(testing|test-support|fixtures)\/|^test\//.test(file);
