import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';

/** What the process hands to every provider of a service that asks for it. */
export abstract class ServiceTools {
  abstract readonly logger: Logger;
  /** Metrics registered here are served at /metrics. */
  abstract readonly registry: Registry;
}

/** The service's own module, with the tools available everywhere in it. */
@Module({})
export class ServiceRoot {
  static of(module: Type | DynamicModule, tools: ServiceTools): DynamicModule {
    return {
      module: ServiceRoot,
      global: true,
      imports: [module],
      providers: [{ provide: ServiceTools, useValue: tools }],
      exports: [ServiceTools],
    };
  }
}
