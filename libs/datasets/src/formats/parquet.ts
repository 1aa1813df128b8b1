import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { NumberText, type Progress, type Rows } from './rows.js';

const mostRows = 1_000_000;

/** The records of a Parquet file; nested columns are members within members. Lines are counted as rows, from 1. */
export async function readParquet(bytes: Buffer, progress: Progress = () => undefined): Promise<Rows> {
  const read: Rows = { rows: [], problems: [], unit: 'row' };
  const refuse = (message: string): Rows => ({ ...read, problems: [{ line: 0, message }] });
  if (bytes.subarray(0, 4).toString('latin1') !== 'PAR1')
    return refuse('is no Parquet file: name its format (jsonl, csv, tsv, parquet)');
  if (bytes.length < 12 || bytes.subarray(-4).toString('latin1') !== 'PAR1')
    return refuse('is cut off: the end of the Parquet data is missing; get it again');
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let objects: Record<string, unknown>[];
  try {
    const metadata = parquetMetadata(file);
    if (metadata.num_rows > mostRows)
      return refuse(`has ${metadata.num_rows} rows: at most ${mostRows} can be read; divide it`);
    objects = await parquetReadObjects({ file, metadata, compressors });
  } catch (error) {
    return refuse(`cannot be read as Parquet: ${(error as Error).message}`);
  }
  progress(objects.length);
  for (const [index, fields] of objects.entries())
    read.rows.push({ line: index + 1, fields: plain(fields) as Record<string, unknown> });
  return read;
}

/** Values as JSON would have them. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'number') return new NumberText(String(value));
  if (value instanceof Date) return Number.isNaN(value.valueOf()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
