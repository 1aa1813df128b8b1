import { createHash, randomUUID, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ExportRunResponse } from '@trprompt/proto/coordinator/v1/coordinator';
import { TrpromptError } from './errors.js';

/** One exported file. */
export interface ExportedFile {
  /** Relative to the folder, with forward slashes. */
  path: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** A finished export. */
export interface Export {
  /** Absolute path of the folder. */
  folder: string;
  files: ExportedFile[];
}

/**
 * Writes exported files into a folder all at once: they are collected beside it, each is checked against its SHA-256, and only then the whole is renamed into place.
 *
 * @param folder must not exist or be empty; its parent is created
 * @throws TrpromptError `invalid` (the folder has something in it), `corrupt` (a hash differs, a file is not complete, a path leads outside)
 */
export async function writeExport(pieces: AsyncIterable<ExportRunResponse>, folder: string): Promise<Export> {
  const target = resolve(folder);
  const existed = await mustBeEmpty(target);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial-${randomUUID().slice(0, 8)}`;
  await mkdir(partial);
  const files = new FileSink(partial);
  try {
    for await (const piece of pieces) await files.take(piece);
    files.finish();
    if (existed) await rmdir(target);
    await rename(partial, target);
    return { folder: target, files: files.done };
  } catch (error) {
    await files.abandon();
    await rm(partial, { recursive: true, force: true });
    throw TrpromptError.from(error);
  }
}

async function mustBeEmpty(folder: string): Promise<boolean> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new TrpromptError(
      'invalid',
      `${folder} cannot be used for the export: it is no folder that can be read.`,
      {
        cause: error,
      },
    );
  }
  if (entries.length > 0) {
    throw new TrpromptError('invalid', `${folder} is not empty: choose a folder that does not exist yet.`);
  }
  return true;
}

/** Takes consecutive pieces of files. */
class FileSink {
  readonly done: ExportedFile[] = [];
  private current: { path: string; handle: FileHandle; hash: Hash; size: number } | undefined;

  constructor(private readonly root: string) {}

  async take({ path, chunk, sha256 }: ExportRunResponse): Promise<void> {
    if (this.current && this.current.path !== path) throw incomplete(this.current.path);
    const file = (this.current ??= await this.begin(path));
    await file.handle.writeFile(chunk);
    file.hash.update(chunk);
    file.size += chunk.length;
    if (sha256 === '') return;
    const measured = file.hash.digest('hex');
    if (measured !== sha256) {
      throw new TrpromptError(
        'corrupt',
        `${path} arrived with SHA-256 ${measured} instead of ${sha256}: export again.`,
      );
    }
    await file.handle.sync();
    await file.handle.close();
    this.current = undefined;
    this.done.push({ path, size: file.size, sha256 });
  }

  finish(): void {
    if (this.current) throw incomplete(this.current.path);
    if (this.done.length === 0) throw new TrpromptError('corrupt', 'The export has no files: export again.');
  }

  async abandon(): Promise<void> {
    await this.current?.handle.close().catch(() => undefined);
  }

  private async begin(path: string): Promise<{ path: string; handle: FileHandle; hash: Hash; size: number }> {
    if (!isInside(path)) {
      throw new TrpromptError(
        'corrupt',
        `The export names a file ${JSON.stringify(path)}, which is not a plain relative path.`,
      );
    }
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    // "wx": a path that comes twice is an error, not an overwrite.
    const handle = await open(file, 'wx');
    return { path, handle, hash: createHash('sha256'), size: 0 };
  }
}

/** Plain relative paths with forward slashes only: nothing that leads out of the folder on any platform. */
function isInside(path: string): boolean {
  if (path === '' || path.length > 512 || /[\\:]|\p{Cc}/u.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function incomplete(path: string): TrpromptError {
  return new TrpromptError('corrupt', `${path} ended before its last piece: export again.`);
}
