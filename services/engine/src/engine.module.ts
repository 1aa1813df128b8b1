import { Module, type DynamicModule } from '@nestjs/common';
import { AdaptersController } from './http/adapters.controller.js';
import { ChatController } from './http/chat.controller.js';
import { HealthController } from './http/health.controller.js';
import { ModelsController } from './http/models.controller.js';
import { Engine } from './inference/engine.js';
import { EngineMetrics } from './metrics.js';

@Module({})
export class EngineModule {
  static register(engine: Engine, metrics: EngineMetrics): DynamicModule {
    return {
      module: EngineModule,
      controllers: [ChatController, ModelsController, AdaptersController, HealthController],
      providers: [
        { provide: Engine, useValue: engine },
        { provide: EngineMetrics, useValue: metrics },
      ],
    };
  }
}
