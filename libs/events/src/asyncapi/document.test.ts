import { readFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from './json-schema.js';
import { messageDocs } from './message-docs.js';
import { asyncApiYaml } from './yaml.js';

describe('docs/asyncapi.yaml', () => {
  it('is up to date (npm run docs -w @trprompt/events)', async () => {
    const file = new URL('../../../../docs/asyncapi.yaml', import.meta.url);
    const options = await prettier.resolveConfig(file);
    const expected = await prettier.format(asyncApiYaml(), { ...options, filepath: file.pathname });
    expect(await readFile(file, 'utf8')).toBe(expected);
  });
});

describe('the schema of a message', () => {
  it('describes every field with its comment, number and type', () => {
    const verdict = jsonSchemas('trprompt.grading.v1.Verdict', messageDocs())['trprompt.grading.v1.Verdict'];
    expect(verdict?.['properties']).toMatchObject({
      correct: {
        type: 'boolean',
        description: 'True when the answer equals the gold answer under the grader.',
        'x-protobuf': { name: 'correct', number: 1, type: 'bool' },
      },
    });
  });

  it('has every message that it consists of', () => {
    expect(Object.keys(jsonSchemas('trprompt.inference.v1.ItemError', messageDocs()))).toEqual([
      'trprompt.inference.v1.ItemError',
      'trprompt.inference.v1.Usage',
    ]);
  });

  it('has maps as objects with any members of one type', () => {
    const accuracy = 'trprompt.events.v1.AccuracyMeasured';
    expect(jsonSchemas(accuracy, messageDocs())[accuracy]?.['properties']).toMatchObject({
      verdicts: {
        type: 'object',
        additionalProperties: { type: 'integer', format: 'int32' },
        'x-protobuf': { name: 'verdicts', number: 9, type: 'map<string, int32>' },
      },
    });
  });

  it('is refused for a message that is not there', () => {
    expect(() => jsonSchemas('trprompt.events.v1.Nothing', messageDocs())).toThrow(
      'there is no protobuf message trprompt.events.v1.Nothing',
    );
  });
});
