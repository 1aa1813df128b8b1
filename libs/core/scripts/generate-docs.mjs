/** Writes docs/config.schema.json and docs/configuration.md from the schema in src/config; `npm run docs -w @trprompt/core`. */
import { writeFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { configurationMarkdown, runConfigJsonSchema } from '../dist/index.js';

const documents = {
  'config.schema.json': JSON.stringify(runConfigJsonSchema()),
  'configuration.md': configurationMarkdown(),
};

for (const [name, content] of Object.entries(documents)) {
  const file = new URL(`../../../docs/${name}`, import.meta.url);
  const options = await prettier.resolveConfig(file);
  await writeFile(file, await prettier.format(content, { ...options, filepath: file.pathname }));
}
