import { readConfig } from '@trprompt/service';
import { rewardCriticConfig } from './config.js';
import { start } from './start.js';

await start(readConfig(rewardCriticConfig));
