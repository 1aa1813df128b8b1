import { CoordinatorServiceService } from '@trprompt/proto/coordinator/v1/coordinator';
import { runGrpcService, type GrpcServiceOptions, type RunningService } from '@trprompt/service';
import { migrate, openDatabase } from '@trprompt/store';
import { connectServices } from './adapters/services/connect-services.js';
import { migrations } from './adapters/store/migrations.js';
import { SqlRunStore } from './adapters/store/sql-run-store.js';
import { TemplateFiles } from './adapters/template-files.js';
import type { CoordinatorConfig } from './config.js';
import { CoordinatorModule } from './coordinator.module.js';
import { RunHub } from './domain/run-hub.js';
import { RunManager } from './domain/run-manager.service.js';

/**
 * Starts the coordinator: opens and migrates the database, serves, and goes on with the runs that were running.
 * Throws DatabaseError, for instance when another process has the folder open.
 */
export async function start(
  config: CoordinatorConfig,
  options: Pick<GrpcServiceOptions, 'logger' | 'ownsProcess'> = {},
): Promise<RunningService> {
  const database = await openDatabase(config.TRPROMPT_DATABASE_URL);
  try {
    await migrate(database, migrations);
    const templates = await TemplateFiles.load(config.TRPROMPT_TEMPLATES);
    const { services, close } = connectServices(config);
    const store = new SqlRunStore(database);
    const hub = new RunHub();
    const runs = new RunManager(store, hub, services, templates);
    const running = await runGrpcService({
      ...options,
      name: 'coordinator',
      module: CoordinatorModule.with({ store, services, templates, runs, hub }),
      services: [
        {
          fullName: 'trprompt.coordinator.v1.CoordinatorService',
          definition: CoordinatorServiceService,
        },
      ],
      config,
      onDrain: async () => {
        await runs.stop();
        close();
        await database.close();
      },
    });
    await runs.resumeUnfinished();
    return running;
  } catch (error) {
    await database.close();
    throw error;
  }
}
