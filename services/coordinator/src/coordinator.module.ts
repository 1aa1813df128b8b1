import { Module, type DynamicModule } from '@nestjs/common';
import { CoordinatorController } from './coordinator.controller.js';
import { AskService, CheckpointFinder } from './domain/ask.service.js';
import { ExportService } from './domain/export.service.js';
import { TemplateCatalogue } from './domain/ports.js';
import { ReportService } from './domain/report.service.js';
import { RunHub } from './domain/run-hub.js';
import { RunManager } from './domain/run-manager.service.js';
import { RunStore } from './domain/run-store.js';
import { ServicesPort } from './domain/services-port.js';
import { RunWatcher } from './domain/watch-run.service.js';

/** What the module is wired from. */
export interface CoordinatorPorts {
  store: RunStore;
  services: ServicesPort;
  templates: TemplateCatalogue;
  runs: RunManager;
  hub: RunHub;
}

@Module({})
export class CoordinatorModule {
  static with({ store, services, templates, runs, hub }: CoordinatorPorts): DynamicModule {
    return {
      module: CoordinatorModule,
      controllers: [CoordinatorController],
      providers: [
        { provide: RunStore, useValue: store },
        { provide: ServicesPort, useValue: services },
        { provide: TemplateCatalogue, useValue: templates },
        { provide: RunManager, useValue: runs },
        { provide: RunHub, useValue: hub },
        RunWatcher,
        ReportService,
        CheckpointFinder,
        AskService,
        ExportService,
      ],
    };
  }
}
