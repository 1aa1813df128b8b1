import { announceListening, createLogger, onShutdown, readConfig } from '@trprompt/service';
import { engineConfig } from './config.js';
import { ModelFileError } from './inference/errors.js';
import { startEngine } from './start-engine.js';

/** Exit codes of sysexits.h: wrong configuration, bad data, cannot run. */
const EXIT = { missing: 78, corrupt: 65, other: 1 } as const;

const config = readConfig(engineConfig);
const logger = createLogger('engine', config.TRPROMPT_LOG_LEVEL);
try {
  const engine = await startEngine(config, logger);
  const drainMs = config.TRPROMPT_DRAIN_SECONDS * 1000;
  onShutdown(() => engine.close(drainMs), {
    graceMs: drainMs + 5000,
    withParent: config.TRPROMPT_EXIT_WITH_PARENT,
  });
  announceListening('engine', engine.address);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ModelFileError ? EXIT[error.kind] : EXIT.other);
}
