const dataBytes = `process.getBuiltinModule('node:v8').getHeapSpaceStatistics()
  .filter((space) => !/code|trusted/.test(space.space_name))
  .reduce((sum, space) => sum + space.space_used_size, 0)`;

/** Memory of a Node process that was started with --inspect, after a full garbage collection. */
export class Inspector {
  #id = 0;
  readonly #waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** Connects to the inspector on this port of loopback. @throws Error */
  static async connect(port: number): Promise<Inspector> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`no inspector at port ${port}`)), {
        once: true,
      });
    });
    return new Inspector(socket);
  }

  /**
   * Bytes of the heap's data in use after a garbage collection. Compiled code lies in spaces of its own, which are left out: V8 goes on compiling for as
   * long as a program finds new paths.
   */
  async heapBytes(): Promise<number> {
    await this.#send('HeapProfiler.collectGarbage');
    const { result } = (await this.#send('Runtime.evaluate', {
      expression: dataBytes,
      returnByValue: true,
    })) as { result: { value: number } };
    return result.value;
  }

  close(): void {
    this.socket.close();
  }

  #send(method: string, params: object = {}): Promise<unknown> {
    const id = (this.#id += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
