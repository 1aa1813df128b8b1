import { readConfig } from '@trprompt/service';
import { textgradConfig } from './config.js';
import { start } from './start.js';

await start(readConfig(textgradConfig));
