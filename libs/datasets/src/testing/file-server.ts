import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers the n-th request (1-based) for a path. */
export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** A real HTTP server on a free port of the loopback interface. */
export interface FileServer {
  url: string;
  /** Requests so far, as "path range". */
  requests: string[];
  close(): Promise<void>;
}

export async function startFileServer(answers: Record<string, Answer>): Promise<FileServer> {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push([path, request.headers.range].filter((part) => part !== undefined).join(' '));
    const n = (counts.get(path) ?? 0) + 1;
    counts.set(path, n);
    const answer = answers[path];
    if (answer) answer(request, response, n);
    else response.writeHead(404).end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Sends the whole content. */
export const whole =
  (content: Buffer): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': content.length }).end(content);
  };

/** Sends what is asked for, from the offset of the Range header on; breaks off after `bytes` the first `times` times. */
export const breakingOff =
  (content: Buffer, bytes: number, times: number, arrivals: Arrivals, ranges = true): Answer =>
  (request, response, n) => {
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    if (n > times) {
      response.end(rest);
      return;
    }
    response.write(rest.subarray(0, bytes));
    // What is still on its way would be lost with the connection.
    void arrivals.reach(from + bytes).then(() => response.destroy());
  };

/** How many bytes of a file have arrived at the one who fetches it. */
export class Arrivals {
  private readonly waiting: { bytes: number; resolve: () => void }[] = [];

  /** To be called with the bytes that are there. */
  readonly tell = (bytes: number): void => {
    for (const each of this.waiting) if (bytes >= each.bytes) each.resolve();
  };

  reach(bytes: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ bytes, resolve }));
  }
}
