import { createServer, type Server } from 'node:http';
import { status } from '@grpc/grpc-js';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { finalize, tap, type Observable } from 'rxjs';
import { toWireStatus } from '../status/status.filter.js';

/** gRPC server metrics under the names of go-grpc-prometheus, which dashboards know. */
@Injectable()
export class GrpcMetrics implements NestInterceptor {
  private readonly handled: Counter<'grpc_method' | 'grpc_code'>;
  private readonly seconds: Histogram<'grpc_method'>;

  /** @param registry where the service keeps metrics of its own, if it has any */
  constructor(readonly registry = new Registry()) {
    const registers = [registry];
    this.handled = new Counter({
      name: 'grpc_server_handled_total',
      help: 'Calls that ended, by method and status code.',
      labelNames: ['grpc_method', 'grpc_code'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'grpc_server_handling_seconds',
      help: 'Time from the start to the end of a call.',
      labelNames: ['grpc_method'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800],
      registers,
    });
    collectDefaultMetrics({ register: registry });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const method = context.getHandler().name;
    const stop = this.seconds.startTimer({ grpc_method: method });
    let code: keyof typeof status | undefined;
    return next.handle().pipe(
      tap({
        complete: () => (code = 'OK'),
        error: (error: unknown) => (code = status[toWireStatus(error).code] as keyof typeof status),
      }),
      finalize(() => {
        stop();
        this.handled.inc({ grpc_method: method, grpc_code: code ?? 'CANCELLED' });
      }),
    );
  }

  /** Serves /metrics over HTTP; resolves with the server once it listens. */
  async listen(host: string, port: number): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return server;
  }
}
