import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What the endpoint does with a request, on the bare socket. */
export type Answer = (socket: Socket, index: number) => void;

export interface FaultyEndpoint {
  baseUrl: string;
  /** Requests received. */
  readonly count: number;
  /** Requests whose client closed the connection before they had an answer. */
  readonly abandoned: number;
  answer: Answer;
  close(): Promise<void>;
}

/** A chat completion as an endpoint sends it. */
export const completion = (text: unknown, finish = 'stop'): string =>
  JSON.stringify({
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
    usage: { prompt_tokens: 7, completion_tokens: 3 },
  });

/** A whole HTTP response; every header may be replaced, undefined leaves one out. */
export function response(
  status: number,
  body: string,
  headers: Record<string, string | undefined> = {},
): string {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `HTTP/1.1 ${status} Status\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

export const good: Answer = (socket) => void socket.end(response(200, completion('fine')));

/** A TCP server on loopback that reads HTTP requests and answers with whatever bytes a test wants, down to resets. */
export async function startFaultyEndpoint(): Promise<FaultyEndpoint> {
  const sockets = new Set<Socket>();
  let count = 0;
  let abandoned = 0;
  const endpoint = { answer: good };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    let asked = '';
    let answered = false;
    const write = socket.write.bind(socket);
    socket.write = ((...args: Parameters<typeof write>) => {
      answered = true;
      return write(...args);
    }) as typeof socket.write;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => {
      asked += text;
      const head = asked.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(asked)?.[1] ?? 0);
      if (head < 0 || Buffer.byteLength(asked.slice(head + 4)) < length) return;
      asked = '';
      endpoint.answer(socket, count++);
    });
    socket.on('end', () => {
      if (!answered && !socket.writableEnded) abandoned++;
      socket.end();
    });
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get count() {
      return count;
    },
    get abandoned() {
      return abandoned;
    },
    get answer() {
      return endpoint.answer;
    },
    set answer(answer) {
      endpoint.answer = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
