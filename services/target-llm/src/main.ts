import { readConfig } from '@trprompt/service';
import { targetLlmConfig } from './config.js';
import { start } from './start.js';

await start(readConfig(targetLlmConfig));
