import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Engine } from '../inference/engine.js';
import { EngineMetrics } from '../metrics.js';

/** What orchestrators and Prometheus ask for. */
@Controller()
export class HealthController {
  constructor(
    private readonly engine: Engine,
    private readonly metrics: EngineMetrics,
  ) {}

  /** 200 while requests are taken, 503 while the model is loaded and while the engine drains. */
  @Get('health')
  async health(@Res() reply: FastifyReply): Promise<void> {
    await reply.status(this.engine.ready ? 200 : 503).send();
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metricsText(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
