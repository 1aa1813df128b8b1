import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { getLlama, LlamaLogLevel, type Llama, type LlamaModel, type Token } from 'node-llama-cpp';
import { ChatTemplate, type ChatTurn } from './chat-template.js';
import { ModelFileError } from './errors.js';

const LATEST_GGUF = 3;

/** A GGUF model in memory with its tokenizer and chat template. */
export class LanguageModel {
  private constructor(
    readonly llama: Llama,
    readonly weights: LlamaModel,
    private readonly template: ChatTemplate,
  ) {}

  /**
   * Loads a model for computing on the processor.
   * @param threads compute threads of all contexts together; more than there are cores slows decoding down a hundredfold.
   * @param sha256 when given, the file's hash is compared first.
   * @throws ModelFileError when the file is missing, has another hash or is no model llama.cpp can load.
   */
  static async load(path: string, threads: number, sha256?: string): Promise<LanguageModel> {
    const file = await stat(path).catch(() => undefined);
    if (!file?.isFile()) {
      throw new ModelFileError(
        'missing',
        `The model file ${path} does not exist: set TRPROMPT_ENGINE_MODEL to a GGUF file or run \`npm run setup\`.`,
      );
    }
    if (sha256 !== undefined) await verifyHash(path, sha256);
    await verifyHeader(path);
    const llama = await getLlama({
      build: 'never',
      gpu: false,
      maxThreads: threads,
      logLevel: LlamaLogLevel.error,
      logger: () => {},
    });
    try {
      const weights = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
      const source: unknown = weights.fileInfo.metadata.tokenizer?.chat_template;
      const specials = { bos: weights.tokens.bosString ?? '', eos: weights.tokens.eosString ?? '' };
      return new LanguageModel(
        llama,
        weights,
        new ChatTemplate(typeof source === 'string' ? source : undefined, specials),
      );
    } catch (error) {
      await llama.dispose();
      const reason = error instanceof Error ? error.message : String(error);
      throw new ModelFileError(
        'corrupt',
        `The model file ${path} cannot be loaded (${reason}): replace it with an intact GGUF file.`,
      );
    }
  }

  /** Tokens of a chat up to where the answer begins. Special tokens are recognised in the text, as vLLM and transformers do. */
  encodeChat(messages: readonly ChatTurn[]): Token[] {
    const tokens = this.weights.tokenize(this.template.render(messages), true);
    const { bos, shouldPrependBosToken } = this.weights.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    return tokens;
  }

  /** Text of tokens, special ones left out. */
  decode(tokens: readonly Token[]): string {
    return this.weights.detokenize(tokens, false);
  }

  /** Whether this token ends an answer. */
  endsAnswer(token: Token): boolean {
    return this.weights.isEogToken(token);
  }

  async dispose(): Promise<void> {
    await this.weights.dispose();
    await this.llama.dispose();
  }
}

/** llama.cpp and its binding write to the console about files that are none of theirs: those are sorted out before. */
async function verifyHeader(path: string): Promise<void> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(8);
    await file.read(header, 0, 8, 0);
    if (header.toString('latin1', 0, 4) === 'GGUF' && header.readUInt32LE(4) <= LATEST_GGUF) return;
  } finally {
    await file.close();
  }
  throw new ModelFileError(
    'corrupt',
    `The model file ${path} cannot be loaded: it is no GGUF file of version 1 to ${LATEST_GGUF}.`,
  );
}

async function verifyHash(path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw new ModelFileError(
      'corrupt',
      `The model file ${path} has SHA-256 ${actual} instead of ${expected}: delete it and run \`npm run setup\`.`,
    );
  }
}
