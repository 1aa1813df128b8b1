import { describe, expect, it } from 'vitest';
import { readLines } from './read-lines.js';

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part);
}

async function linesOf(max: number, ...parts: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  const buffers = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  for await (const line of readLines(pieces(...buffers), max)) lines.push(line);
  return lines;
}

describe('reading lines', () => {
  it('joins what pieces cut apart, and keeps a last line without an end', async () => {
    expect(await linesOf(100, 'a', 'b\nc', '\r\n', '\nd')).toEqual(['ab', 'c', '', 'd']);
  });

  it('keeps characters whole that pieces cut apart', async () => {
    const bytes = Buffer.from('é\n');
    expect(await linesOf(100, bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
  });

  it('cuts a line that would outgrow memory, and goes on with the next', async () => {
    expect(await linesOf(4, 'abc', 'defgh', 'ijk\nxy\n')).toEqual(['abcd', 'xy']);
  });
});
