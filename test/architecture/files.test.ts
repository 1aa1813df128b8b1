import { describe, expect, it } from 'vitest';
import { read, trackedFiles } from './workspace.js';

const isText = (file: string): boolean => !/\.(png|gguf|safetensors|binpb|ico|woff2?)$/.test(file);
const texts = trackedFiles.filter(isText);
const locks = /(^|\/)(package-lock\.json|requirements[\w-]*\.txt)$/;

/** Spelt without their dots, so that this file does not contain what it looks for. */
const registries = ['registry npmjs org', 'files pythonhosted org', 'pypi org', 'npm pkg github com'].map(
  (host) => host.replaceAll(' ', '.'),
);

describe('every tracked file', () => {
  it('of code has at most 300 lines', () => {
    const long = texts
      .filter((file) => /\.(ts|mjs|js|py|sh)$/.test(file))
      .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300)
      .map(({ file, lines }) => `${file}: ${lines}`);
    expect(long).toEqual([]);
  });

  it('names no folder of the machine it was written on', () => {
    const machine = /(^|[\s"'`(=:])\/(work|root|home\/(?!me\b)\w+|Users\/\w+)\//m;
    expect(texts.filter((file) => machine.test(read(file)))).toEqual([]);
  });

  it('names no package registry', () => {
    const wrong = texts.filter((file) => registries.some((host) => read(file).includes(host)));
    expect(wrong).toEqual([]);
  });

  it('that locks packages has hashes and no addresses', () => {
    const found = texts.filter((file) => locks.test(file));
    expect(found).toContain('package-lock.json');
    expect(found).toContain('services/trainer/worker/requirements.txt');
    expect(found.filter((file) => /https?:\/\//.test(withoutFunding(read(file))))).toEqual([]);
    for (const file of found) expect(read(file)).toMatch(/"integrity": "sha512-|--hash=sha256:/);
  });

  it('of the lock has every package that any platform needs', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter(
          (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
        )
        .map((name) => `${name}, needed by ${path}`),
    );
    expect(missing).toEqual([]);
  });
});

/** npm repeats where packages ask for donations. */
const withoutFunding = (text: string): string =>
  text.replace(/"funding": (\{[^}]*\}|\[[^\]]*\]|"[^"]*")/g, '').replace(/"deprecated": "[^"]*"/g, '');
