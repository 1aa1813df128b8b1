import { readConfig } from '@trprompt/service';
import { promptModelConfig } from './config.js';
import { start } from './start.js';

await start(readConfig(promptModelConfig));
