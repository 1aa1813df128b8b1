import { readConfig } from '@trprompt/service';
import { trainerConfig } from './config.js';
import { start } from './start.js';

await start(readConfig(trainerConfig));
