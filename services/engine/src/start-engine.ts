import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@trprompt/service';
import type { AddressInfo } from 'node:net';
import { engineOptions, type EngineEnvironment } from './config.js';
import { EngineModule } from './engine.module.js';
import { OpenAiErrorFilter } from './http/openai-error.filter.js';
import { Engine } from './inference/engine.js';
import { EngineMetrics } from './metrics.js';

export interface RunningEngine {
  /** host:port */
  address: string;
  /** Base URL for OpenAI clients, ends in /v1. */
  baseUrl: string;
  /** Takes no more requests, answers those taken for up to `graceMs`, then closes everything. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Listens at once, with /health at 503, then loads the model; resolves when requests are taken.
 * @throws ModelFileError when the model cannot be served, and what listening throws.
 */
export async function startEngine(env: EngineEnvironment, logger: Logger): Promise<RunningEngine> {
  const options = engineOptions(env);
  const metrics = new EngineMetrics(options.modelName, () => ({
    running: engine.running,
    waiting: engine.waiting,
  }));
  const engine = new Engine(options, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(
    EngineModule.register(engine, metrics),
    new FastifyAdapter({ bodyLimit: env.TRPROMPT_ENGINE_BODY_LIMIT, forceCloseConnections: true }),
    { logger: false, abortOnError: false },
  );
  app.useGlobalFilters(new OpenAiErrorFilter(logger));
  await app.listen(env.TRPROMPT_PORT, env.TRPROMPT_HOST);
  const { address: host, port, family } = app.getHttpServer().address() as AddressInfo;
  const address = `${family === 'IPv6' ? `[${host}]` : host}:${port}`;
  try {
    await engine.load();
  } catch (error) {
    await app.close();
    throw error;
  }
  logger.info(
    { model: options.modelName, address, parallel: options.parallel, threads: options.threads },
    'model loaded',
  );
  return {
    address,
    baseUrl: `http://${address}/v1`,
    close: async (graceMs = 0) => {
      await engine.drain(graceMs);
      await app.close();
      await engine.close();
    },
  };
}
