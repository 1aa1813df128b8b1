#!/usr/bin/env node
import { processIo } from './io.js';
import { main } from './program.js';

// A reader that went away (`trprompt runs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2), processIo());
