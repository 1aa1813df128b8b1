import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  Arrivals,
  breakingOff,
  type FileServer,
  startFileServer,
  whole,
} from '../testing/file-server.js';
import { fetchFile, type FetchOptions } from './fetch-file.js';

const content = Buffer.from('{"question":"What is 1 + 1?","answer":"2"}\n'.repeat(5000));
const sha256 = createHash('sha256').update(content).digest('hex');

let folder: string;
let server: FileServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-fetch-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const target = (): string => join(folder, 'deep', 'file.jsonl');

/** Fetches the file that a server answers with. */
async function fetchFrom(answer: Answer, options: FetchOptions = {}): Promise<Buffer> {
  server = await startFileServer({ '/file': answer });
  return get(`${server.url}/file`, options);
}

async function get(url: string, options: FetchOptions = {}): Promise<Buffer> {
  await fetchFile({ url, sha256, bytes: content.length }, target(), { pauseMs: 1, ...options });
  return readFile(target());
}

/** Nothing is left of what did not work. */
const leftovers = (): Promise<string[]> => readdir(join(folder, 'deep'));

describe('a file is fetched', () => {
  it('whole, and tells how far it is', async () => {
    const told: number[] = [];
    expect(await fetchFrom(whole(content), { progress: (bytes) => told.push(bytes) })).toEqual(content);
    expect(told.at(-1)).toBe(content.length);
    expect(await leftovers()).toEqual(['file.jsonl']);
  });

  it('through redirects', async () => {
    server = await startFileServer({
      '/here': (_request, response) => response.writeHead(302, { location: '/there' }).end(),
      '/there': (_request, response) => response.writeHead(301, { location: '/file' }).end(),
      '/file': whole(content),
    });
    expect(await get(`${server.url}/here`)).toEqual(content);
  });

  it('on from where the connection broke off, as often as it may', async () => {
    const arrivals = new Arrivals();
    const answer = breakingOff(content, 50_000, 3, arrivals);
    expect(await fetchFrom(answer, { progress: arrivals.tell })).toEqual(content);
    const ranges = ['', ' bytes=50000-', ' bytes=100000-', ' bytes=150000-'];
    expect(server.requests).toEqual(ranges.map((range) => `/file${range}`));
  });

  it('again from the beginning when the server cannot go on', async () => {
    const arrivals = new Arrivals();
    const answer = breakingOff(content, 50_000, 2, arrivals, false);
    expect(await fetchFrom(answer, { progress: arrivals.tell })).toEqual(content);
    expect(server.requests).toHaveLength(3);
  });

  it('after errors that pass', async () => {
    const flaky: Answer = (request, response, n) =>
      n < 3 ? response.writeHead(503).end() : whole(content)(request, response, n);
    expect(await fetchFrom(flaky)).toEqual(content);
  });

  it('again when nothing comes for a while', async () => {
    const stalling: Answer = (request, response, n) => {
      if (n > 1) breakingOff(content, 0, 0, new Arrivals())(request, response, n);
      else response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 1000));
    };
    expect(await fetchFrom(stalling, { stallMs: 500 })).toEqual(content);
    expect(server.requests.at(-1)).toMatch(/bytes=1000-/);
  });

  it('by several at once, each for itself', async () => {
    server = await startFileServer({ '/file': whole(content) });
    const all = await Promise.all(Array.from({ length: 4 }, () => get(`${server.url}/file`)));
    for (const each of all) expect(each).toEqual(content);
    expect(await leftovers()).toEqual(['file.jsonl']);
  });
});

describe('a file is refused', () => {
  /** Why it was refused; nothing is left of it. */
  const refused = async (answer: Answer, options: FetchOptions = {}): Promise<string> => {
    const error: unknown = await fetchFrom(answer, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await leftovers()).toEqual([]);
    return (error as Error | undefined)?.message ?? 'it was not refused';
  };

  it('with another content', async () => {
    const other = Buffer.from(content);
    other[100] = 0x20;
    expect(await refused(whole(other))).toMatch(
      /another content \(SHA-256 [0-9a-f]{12}… instead of [0-9a-f]{12}…\)/,
    );
    expect(server.requests).toHaveLength(1);
  });

  it('that is longer', async () => {
    expect(await refused(whole(Buffer.concat([content, content])))).toMatch(
      /more than the \d+ bytes .*: it is another file/,
    );
  });

  it('that is shorter, after all tries', async () => {
    expect(await refused(whole(content.subarray(0, 1000)), { attempts: 2 })).toMatch(
      /(broke off after 1000 of \d+ bytes)/,
    );
  });

  it('that is not there, at once', async () => {
    server = await startFileServer({});
    await expect(get(`${server.url}/file`)).rejects.toThrow('answers 404 Not Found');
    expect(server.requests).toHaveLength(1);
  });

  it('whose server fails, after all tries', async () => {
    const broken: Answer = (_request, response) => response.writeHead(500).end();
    expect(await refused(broken, { attempts: 3 })).toContain('answers 500');
    expect(server.requests).toHaveLength(3);
  });

  it('whose server never answers', async () => {
    expect(await refused(() => undefined, { attempts: 1, stallMs: 50 })).toContain('nothing came for 0.05 s');
  });

  it('whose server is away', async () => {
    server = await startFileServer({});
    const free = createServer();
    const port = await new Promise<number>((resolve) =>
      free.listen(0, '127.0.0.1', () => resolve((free.address() as { port: number }).port)),
    );
    await new Promise((resolve) => free.close(resolve));
    await expect(get(`http://127.0.0.1:${port}/file`, { attempts: 2 })).rejects.toThrow(
      'cannot be fetched (ECONNREFUSED)',
    );
  });

  it('whose name is not known: there is no network', async () => {
    server = await startFileServer({});
    await expect(get('http://data.invalid/file')).rejects.toThrow(
      /cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });

  it('when it is not wanted any more', async () => {
    const controller = new AbortController();
    const slow: Answer = (_request, response) => {
      response.writeHead(200).write(content.subarray(0, 10));
      controller.abort(new Error('Ctrl-C'));
    };
    expect(await refused(slow, { signal: controller.signal })).toBe('Ctrl-C');
  });
});
