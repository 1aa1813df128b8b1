import { describe, expect, it } from 'vitest';
import { importsOf, isTestCode, leavesPackage, packageOf, packages, read } from './workspace.js';

function packageNamed(name: string): (typeof packages)[number] {
  const found = packages.find((each) => each.name === name);
  if (found) return found;
  throw new Error(`no package ${name}`);
}

const folderOf = new Map(packages.map(({ name, folder }) => [name, folder]));
const ofKind = (kind: string): typeof packages =>
  packages.filter(({ folder }) => folder.startsWith(`${kind}/`));
const services = new Set(ofKind('services').map(({ name }) => name));

/** `file imports specifier`, for every import that `wrong` says is one. */
function violations(
  of: typeof packages,
  wrong: (found: { file: string; specifier: string; typeOnly: boolean }) => boolean,
): string[] {
  return of.flatMap(({ files }) =>
    files
      .flatMap(importsOf)
      .filter(wrong)
      .map(({ file, specifier }) => `${file} imports ${specifier}`),
  );
}

describe('dependencies point one way', () => {
  it('reads imports at all', () => {
    expect(ofKind('services').length).toBeGreaterThan(5);
    expect(packages.flatMap(({ files }) => files.flatMap(importsOf)).length).toBeGreaterThan(300);
  });

  it('core imports nothing of the workspace, and from npm only what is pure', () => {
    const core = packages.filter(({ folder }) => folder === 'libs/core');
    const pure = new Set(['zod', 'mustache']);
    const allowed = ({ file, specifier }: { file: string; specifier: string }): boolean => {
      if (specifier.startsWith('.') || specifier === 'node:crypto') return true;
      return pure.has(packageOf(specifier) ?? '') || isTestCode(file) || file.endsWith('.config.ts');
    };
    expect(violations(core, (found) => !allowed(found))).toEqual([]);
  });

  it('libraries import no service', () => {
    expect(violations(ofKind('libs'), ({ specifier }) => services.has(packageOf(specifier) ?? ''))).toEqual(
      [],
    );
  });

  it('services import no other service', () => {
    const others = ofKind('services').flatMap((service) =>
      violations([service], ({ specifier }) => {
        const target = packageOf(specifier) ?? '';
        return services.has(target) && target !== service.name;
      }),
    );
    expect(others).toEqual([]);
  });

  it('what is shipped imports nothing of test/', () => {
    const shipped = packages.filter(({ folder }) => folder !== 'test');
    const wrong = violations(
      shipped,
      ({ file, specifier }) => !isTestCode(file) && specifier.startsWith('@trprompt/test'),
    );
    expect(wrong).toEqual([]);
  });

  it('no import reaches into another package by a relative path', () => {
    const wrong = packages.flatMap((each) =>
      each.files
        .filter((file) => !isTestCode(file))
        .flatMap(importsOf)
        .filter((found) => leavesPackage(found, each.folder))
        .map(({ file, specifier }) => `${file} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('every package.json', () => {
  it.each(packages.map(({ name }) => name))('of %s declares what is imported', (name) => {
    const { manifest, files } = packageNamed(name);
    const declared = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    };
    const development = { ...declared, ...manifest.devDependencies };
    const rootTools = new Set(['vitest', 'typescript', 'prettier']);
    const missing = files.flatMap((file) =>
      importsOf(file).flatMap(({ specifier, typeOnly }) => {
        const target = packageOf(specifier);
        if (target === undefined || target === name) return [];
        const forTools = isTestCode(file) || file.endsWith('.config.ts');
        if (forTools && rootTools.has(target)) return [];
        return target in (forTools || typeOnly ? development : declared) ? [] : [`${file} imports ${target}`];
      }),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it.each(packages.map(({ name }) => name))(
    'of %s agrees with the references of its tsconfig.json',
    (name) => {
      const { folder, manifest } = packageNamed(name);
      const tsconfig = JSON.parse(read(`${folder}/tsconfig.json`)) as { references?: { path: string }[] };
      const referenced = (tsconfig.references ?? []).map(({ path }) =>
        new URL(path, `file:///${folder}/`).pathname.slice(1),
      );
      const workspace = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).flatMap(
        (dependency) => folderOf.get(dependency) ?? [],
      );
      expect(referenced.toSorted()).toEqual(workspace.toSorted());
    },
  );
});
