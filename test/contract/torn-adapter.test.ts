import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { promptModelConfig, start } from '@trprompt/prompt-model';
import {
  GeneratePromptsRequest,
  PromptModelServiceService,
} from '@trprompt/proto/prompt_model/v1/prompt_model';
import { createLogger } from '@trprompt/service';
import { createFolderArtefactStore, type ArtefactRef, type ArtefactStore } from '@trprompt/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai.js';

const { generatePrompts, activateAdapter } = PromptModelServiceService;

describe('the prompt model service and torn adapters', () => {
  let folder: string;
  let llm: ScriptedOpenAi;
  let store: ArtefactStore;
  let service: Awaited<ReturnType<typeof start>>;
  let client: RawClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'torn-adapter-'));
    store = createFolderArtefactStore(join(folder, 'artefacts'));
    llm = await startScriptedOpenAi({ script: () => ({ text: 'Reply with the number.' }) });
    const config = promptModelConfig.parse({
      TRPROMPT_LLM_BASE_URL: llm.baseUrl,
      TRPROMPT_LLM_MODEL: 'default-model',
      TRPROMPT_ARTEFACTS: join(folder, 'artefacts'),
      TRPROMPT_DRAIN_SECONDS: 0,
    });
    service = await start(config, { ownsProcess: false, logger: createLogger('prompt-model', 'silent') });
    client = new RawClient(service.address);
  });
  beforeEach(() => llm.reset());
  afterAll(async () => {
    client.close();
    await service.close();
    await llm.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function stored(content: string): Promise<ArtefactRef> {
    const source = join(folder, content);
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'adapter.gguf'), content);
    return store.putTree('adapter', source);
  }

  const requestOf = (adapter: ArtefactRef): GeneratePromptsRequest =>
    GeneratePromptsRequest.fromPartial({
      adapter,
      reward: 'Asked well.',
      decoding: { temperature: 0.7, maxTokens: 8 },
      items: [{ itemId: 'one', question: 'What is 1 + 1?', seed: 1 }],
    });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['altered by one byte', (path) => writeFile(join(path, 'adapter.gguf'), 'Damaged')],
    ['cut off', (path) => truncate(join(path, 'adapter.gguf'), 2)],
    ['deleted', (path) => rm(join(path, 'adapter.gguf'))],
    ['described by half a manifest', (path) => truncate(join(path, 'manifest.json'), 40)],
    ['accompanied by a file that does not belong to it', (path) => writeFile(join(path, 'more'), '')],
  ])('never loads an adapter that is %s, and loads it when it was made again', async (how, damage) => {
    const content = `damaged: ${how}`;
    const ref = await stored(content);
    // Loaded before: the endpoint restarts, and what it would load again is not what was verified.
    await client.unary(activateAdapter, { adapter: ref });
    llm.forgetAdapters();
    await damage(await store.localPath(ref));
    for (const call of [
      () => client.failure(generatePrompts, requestOf(ref)),
      () => client.unary(activateAdapter, { adapter: ref }).catch((error: unknown) => error),
    ])
      expect(await call()).toMatchObject({
        code: status.DATA_LOSS,
        details: expect.stringMatching(/: create the artefact again$/) as string,
      });
    expect(llm.loads).toHaveLength(1);
    expect(await stored(content)).toEqual(ref);
    await client.unary(activateAdapter, { adapter: ref });
    expect(llm.loads).toHaveLength(2);
  });
});
