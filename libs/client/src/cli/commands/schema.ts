import { runConfigJsonSchema } from '@trprompt/core';
import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { examples } from './options.js';

/** `trprompt schema`: the configuration's JSON Schema. */
export function schemaCommand(cli: Cli): Command {
  const command = new Command('schema')
    .description('print the JSON Schema of the run configuration')
    .action(() => {
      const schema = runConfigJsonSchema();
      cli.raw(`${cli.json ? JSON.stringify(schema) : JSON.stringify(schema, undefined, 2)}\n`);
    });
  return examples(command, 'schema > config.schema.json');
}
