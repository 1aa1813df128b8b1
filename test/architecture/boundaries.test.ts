import { describe, expect, it } from 'vitest';
import { importsOf, isTestCode, packageOf, packages, read } from './workspace.js';

const code = packages.flatMap(({ files }) => files);

describe('the environment', () => {
  it('is read by configuration only', () => {
    const allowed = /(^libs\/(service|client)\/src\/config\/)|\.config\.ts$/;
    const wrong = code.filter(
      (file) =>
        !isTestCode(file) &&
        !allowed.test(file) &&
        /\bprocess\s*(\.|\[['"])env\b/.test(withoutComments(file)),
    );
    expect(wrong).toEqual([]);
  });

  it('does not reach core, nor do the clock and chance', () => {
    const core = code.filter((file) => file.startsWith('libs/core/') && !isTestCode(file));
    const wrong = core.filter((file) =>
      /\bDate\.now\b|new Date\(\)|Math\.random|performance\.now|\bprocess\./.test(withoutComments(file)),
    );
    expect(wrong).toEqual([]);
  });
});

describe('generated types', () => {
  it('stay in controllers, adapters and the wiring of a service', () => {
    const translators =
      /\.(controller|module)\.ts$|(^|\/)(main|start|index|from-wire|to-wire|grpc-[\w-]+)\.ts$|\/(adapters|mesh|wire)\//;
    const wrong = code
      .filter((file) => file.startsWith('services/') && !isTestCode(file) && !translators.test(file))
      .flatMap(importsOf)
      .filter(({ specifier }) => packageOf(specifier) === '@trprompt/proto')
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(wrong).toEqual([]);
  });
});

describe('a type checker that is asked', () => {
  it('is not silenced', () => {
    const wrong = code.filter((file) =>
      /@ts-(ignore|nocheck|expect-error)|\bas any\b|:\s*any\b/.test(withoutComments(file, true)),
    );
    expect(wrong).toEqual([]);
  });
});

/** A file's source without its comments; with `keepLine`, only block comments go. */
function withoutComments(file: string, keepLine = false): string {
  const source = read(file).replace(/\/\*[\s\S]*?\*\//g, '');
  return keepLine ? source : source.replace(/(^|\s)\/\/.*$/gm, '$1');
}
