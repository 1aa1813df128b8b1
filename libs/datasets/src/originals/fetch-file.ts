import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';
import { sha256OfFile } from './hash-file.js';

/** What is fetched, and how it is known to be the right thing. */
export interface Download {
  url: string;
  sha256: string;
  bytes: number;
}

export interface FetchOptions {
  /** Called with the bytes that are there so far. */
  progress?: (bytes: number) => void;
  signal?: AbortSignal;
  /** Tries in all. Default: 4. */
  attempts?: number;
  /** Milliseconds without a byte after which a connection counts as lost. Default: 30,000. */
  stallMs?: number;
  /** Longest pause before the second try, milliseconds; it doubles. Default: 500. */
  pauseMs?: number;
}

/** A file that could not be fetched; the message continues "URL: ". */
export class FetchFailure extends Error {
  override name = 'FetchFailure';

  constructor(
    message: string,
    /** Whether trying again may help. */
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

/**
 * Fetches a file to `target`, which appears by one rename when its size and hash are right. A transfer that breaks off goes on where it was, where
 * the server can do that. Of two processes that fetch the same file each has its own, and the last one stays.
 *
 * @throws FetchFailure
 */
export async function fetchFile(
  download: Download,
  target: string,
  options: FetchOptions = {},
): Promise<void> {
  const { attempts = 4, pauseMs = 500, signal } = options;
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}.part`;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchRest(download, part, options);
        await verify(download, part);
        await rename(part, target);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        const failure = failureOf(error);
        if (!failure.retryable || attempt >= attempts) throw failure;
        const bounds = { initialDelayMs: pauseMs, maxDelayMs: 8 * pauseMs };
        await delay(fullJitterMs(attempt, bounds, Math.random()), undefined, { signal });
      }
    }
  } finally {
    await rm(part, { force: true });
  }
}

/** Appends what is missing of the file. */
async function fetchRest(
  { url, bytes }: Download,
  part: string,
  { progress, signal, stallMs = 30_000 }: FetchOptions,
): Promise<void> {
  const have = await sizeOf(part);
  if (have === bytes) return;
  const watch = new AbortController();
  const stalled = (): void => watch.abort(new FetchFailure(`nothing came for ${stallMs / 1000} s`, true));
  const timer = setTimeout(stalled, stallMs);
  const abort = signal === undefined ? watch.signal : AbortSignal.any([signal, watch.signal]);
  let file: FileHandle | undefined;
  try {
    const headers = { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) };
    const response = await fetch(url, { headers, signal: abort });
    checkStatus(response);
    const goesOn =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`) === true;
    file = await open(part, goesOn ? 'a' : 'w');
    let size = goesOn ? have : 0;
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      size += chunk.byteLength;
      if (size > bytes)
        throw new FetchFailure(
          `sends more than the ${bytes} bytes that the file has: it is another file`,
          false,
        );
      await file.write(chunk);
      progress?.(size);
    }
    if (size < bytes) throw new FetchFailure(`broke off after ${size} of ${bytes} bytes`, true);
  } finally {
    clearTimeout(timer);
    await file?.close();
  }
}

function checkStatus({ ok, status, statusText }: Response): void {
  if (ok) return;
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  throw new FetchFailure(`answers ${status} ${statusText}`.trim(), retryable);
}

async function verify({ sha256 }: Download, part: string): Promise<void> {
  const found = await sha256OfFile(part);
  if (found === sha256) return;
  await rm(part, { force: true });
  throw new FetchFailure(
    `sends a file with another content (SHA-256 ${found.slice(0, 12)}… instead of ${sha256.slice(0, 12)}…)`,
    false,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Codes of a machine without a network, or of a name that does not exist. */
const offline = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

function failureOf(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  const { cause } = error as { cause?: unknown };
  if (cause instanceof FetchFailure) return cause;
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS')
    return new FetchFailure(`cannot be stored: ${message}`, false);
  if (code !== undefined && offline.has(code)) return new FetchFailure(`cannot be reached (${code})`, false);
  return new FetchFailure(`cannot be fetched (${code ?? message})`, true);
}
