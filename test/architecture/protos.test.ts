import { describe, expect, it } from 'vitest';
import { read, trackedFiles } from './workspace.js';

const protos = trackedFiles.filter((file) => file.endsWith('.proto'));
const declaration =
  /^\s*(message|enum|service|rpc|oneof)\s+\w+|^\s*(optional\s+|repeated\s+)?(map<[^>]+>|[\w.]+)\s+\w+\s*=\s*\d+|^\s*[A-Z][A-Z0-9_]*\s*=\s*\d+/;

describe('every protobuf file', () => {
  it('is found', () => {
    expect(protos.length).toBeGreaterThan(5);
  });

  it.each(protos)('%s says of each message, field, value and RPC what it is', (file) => {
    const lines = read(file).split('\n');
    const silent = lines.flatMap((line, index) => {
      if (!declaration.test(line) || /^\s*(\/\/|option|import|package|syntax|reserved)/.test(line)) return [];
      const above = lines[index - 1]?.trim() ?? '';
      return above.startsWith('//') || /\S\s*\/\/\s*\S/.test(line)
        ? []
        : [`${file}:${index + 1} ${line.trim()}`];
    });
    expect(silent).toEqual([]);
  });
});
