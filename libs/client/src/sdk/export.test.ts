import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExportRunResponse } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeExport } from './export.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
});
afterEach(() => rm(folder, { recursive: true }));

function pieces(path: string, ...chunks: string[]): ExportRunResponse[] {
  const sha256 = createHash('sha256').update(chunks.join('')).digest('hex');
  return chunks.map((chunk, index) =>
    ExportRunResponse.fromPartial({
      path,
      chunk: Buffer.from(chunk),
      sha256: index === chunks.length - 1 ? sha256 : '',
    }),
  );
}

async function* stream(all: readonly ExportRunResponse[]): AsyncGenerator<ExportRunResponse> {
  yield* all;
}

describe('writing an export', () => {
  it('puts files together from their pieces, in folders, with right hashes', async () => {
    const target = join(folder, 'a', 'out');
    const result = await writeExport(
      stream([
        ...pieces('README.md', 'serve ', 'it'),
        ...pieces('adapter/adapter.gguf', 'GGUF'),
        ...pieces('empty', ''),
      ]),
      target,
    );
    expect(await readFile(join(target, 'README.md'), 'utf8')).toBe('serve it');
    expect(await readFile(join(target, 'adapter', 'adapter.gguf'), 'utf8')).toBe('GGUF');
    expect(result.files.map((file) => [file.path, file.size])).toEqual([
      ['README.md', 8],
      ['adapter/adapter.gguf', 4],
      ['empty', 0],
    ]);
    expect(await readdir(join(folder, 'a'))).toEqual(['out']);
  });

  it.each([
    ['a wrong hash', [{ ...pieces('a', 'x')[0], sha256: 'f'.repeat(64) }], /SHA-256/],
    ['a file without its end', pieces('a', 'x', 'y').slice(0, 1), /before its last piece/],
    [
      'a file that another one interrupts',
      [...pieces('a', 'x', 'y').slice(0, 1), ...pieces('b', 'z')],
      /before its last piece/,
    ],
    ['no file at all', [], /no files/],
  ])('leaves nothing behind after %s', async (_, broken, message) => {
    const sent = broken.map((piece) => ExportRunResponse.fromPartial(piece));
    await expect(writeExport(stream(sent), join(folder, 'out'))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(message) as string,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['../evil', 'a/../../evil', '/etc/evil', 'a\\..\\evil', 'C:evil', '', 'a//b', './a'])(
    'refuses the path %j',
    async (path) => {
      await expect(writeExport(stream(pieces(path, 'x')), join(folder, 'out'))).rejects.toMatchObject({
        code: 'corrupt',
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('never writes into a folder that has something in it', async () => {
    const target = join(folder, 'out');
    await mkdir(target);
    await writeFile(join(target, 'mine.txt'), 'mine');
    await expect(writeExport(stream(pieces('a', 'x')), target)).rejects.toMatchObject({ code: 'invalid' });
    expect(await readdir(target)).toEqual(['mine.txt']);
  });

  it('uses an empty folder', async () => {
    const target = join(folder, 'out');
    await mkdir(target);
    await writeExport(stream(pieces('a', 'x')), target);
    expect(await readdir(target)).toEqual(['a']);
  });
});
