import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

const things = ['pens', 'cups', 'hats', 'maps', 'keys', 'nuts', 'figs'];
/** An invented question; no two are the same. */
export const question = (n: number): string => `${things[n % 7]} number ${n} of ${things[n % 5]}: how many?`;
/** Invented records. */
export const rows = (from: number, to: number, more: object = {}): object[] =>
  Array.from({ length: to - from }, (_, i) => ({ question: question(from + i), answer: from + i, ...more }));
/** Records as JSON Lines. */
export const jsonl = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
/** A known data set of invented records, whose files are in `files/`. */
export async function writeDefinition(folder: string): Promise<void> {
  const contents = { 'train.jsonl': jsonl(rows(0, 50)), 'test.jsonl': jsonl(rows(50, 60)) };
  await mkdir(join(folder, 'files'));
  for (const [name, content] of Object.entries(contents))
    await writeFile(join(folder, 'files', name), content);
  const files = Object.entries(contents).map(([name, content]) => ({
    name,
    split: name.replace('.jsonl', ''),
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    records: content.split('\n').length - 1,
  }));
  const definition = {
    name: 'things',
    title: 'Invented things',
    origin: 'here',
    licence: 'CC0',
    grader: 'exact',
    sources: [{ records: 'fields', files }],
    division: { train: 0.9, validation: 0.1 },
    paper: { train: 50, test: 9 },
  };
  await writeFile(join(folder, 'things.yaml'), stringify(definition));
}
