/** Writes docs/asyncapi.yaml from src/asyncapi and the protobuf descriptors; `npm run docs -w @trprompt/events`. */
import { writeFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { asyncApiYaml } from '../dist/asyncapi/yaml.js';

const file = new URL('../../../docs/asyncapi.yaml', import.meta.url);
const options = await prettier.resolveConfig(file);
await writeFile(file, await prettier.format(asyncApiYaml(), { ...options, filepath: file.pathname }));
