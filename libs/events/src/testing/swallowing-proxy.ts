import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Number of Produce requests in Kafka's protocol. */
const PRODUCE = 0;

/** Stands between a client and a broker and can lose the broker's answers. */
export interface SwallowingProxy {
  port: number;
  /** While true, answers to produce requests are lost and the connection breaks: the broker has stored the messages, and the client does not know. */
  swallow: boolean;
  /** Answers lost so far. */
  readonly swallowed: number;
  close(): Promise<void>;
}

/** @param port of the broker, asked for at each connection */
export async function startSwallowingProxy(port: () => number): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  let swallowed = 0;
  const server = createServer((client) => {
    const broker = connect(port(), '127.0.0.1');
    const produces = new Set<number>();
    const end = (): void => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on(
      'data',
      frames((frame) => {
        if (frame.readInt16BE(4) === PRODUCE) produces.add(frame.readInt32BE(8));
        broker.write(frame);
      }),
    );
    broker.on(
      'data',
      frames((frame) => {
        if (!proxy.swallow || !produces.has(frame.readInt32BE(4))) return void client.write(frame);
        swallowed += 1;
        end();
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: SwallowingProxy = {
    port: (server.address() as AddressInfo).port,
    swallow: false,
    get swallowed() {
      return swallowed;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Cuts a stream into the frames of Kafka's protocol: four bytes of length, then as many bytes. */
function frames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const length = 4 + rest.readInt32BE(0);
      const frame = rest.subarray(0, length);
      rest = rest.subarray(length);
      take(frame);
    }
  };
}
