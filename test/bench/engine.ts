import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { modelPath } from '@trprompt/engine';
import {
  getLlama,
  LlamaLogLevel,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';

const PARALLEL = 4;
const TOKENS = 64;
const ROUNDS = 4;
const CONTEXT = 1024;
const MODEL = 'smollm2-135m-instruct';

const TOPICS = [
  'a harbour',
  'an old clock',
  'the first snow',
  'a lost key',
  'the night train',
  'a bakery',
  'the lighthouse',
];

/** Four prompts that no other round has, so that neither side finds more than the common start in its cache. */
function promptsOf(round: number): string[] {
  return Array.from({ length: PARALLEL }, (_, index) => {
    const topic = TOPICS[(round * PARALLEL + index) % TOPICS.length] ?? 'a walk';
    return `Write a long story number ${round}-${index} about ${topic}, with many people in it who talk to each other.`;
  });
}

interface Run {
  seconds: number;
  tokens: number;
  texts: string[];
}

/**
 * Decode throughput of four parallel requests through the engine's HTTP over that of node-llama-cpp called directly with four
 * sequences in one process. Same prompts, same tokens, greedy; rounds alternate, the ratio is that of the summed times.
 * @param threads compute threads of both sides; not given: one per core. Needs a machine with nothing else to do: with its cores
 *   taken by others, llama.cpp called directly slows down tens of times, which the engine avoids.
 */
export async function benchEngine(threads?: number): Promise<{
  name: string;
  ratio: number;
  target: number;
  details: Record<string, number>;
}> {
  const direct = await Direct.create(threads);
  const engine = await EngineProcess.start(direct.threads);
  const total = { http: 0, direct: 0, tokens: 0, different: 0 };
  try {
    for (let round = -1; round < ROUNDS; round += 1) {
      const prompts = promptsOf(round + 1);
      const order = round % 2 === 0 ? [engine, direct] : [direct, engine];
      const runs = new Map<object, Run>();
      for (const side of order) runs.set(side, await side.run(prompts));
      const [http, plain] = [runs.get(engine), runs.get(direct)];
      if (http === undefined || plain === undefined || round < 0) continue; // the first round warms up
      total.http += http.seconds / http.tokens;
      total.direct += plain.seconds / plain.tokens;
      total.tokens += http.tokens;
      total.different += http.texts.filter((text, index) => text !== plain.texts[index]).length;
    }
  } finally {
    await engine.stop();
    await direct.stop();
  }
  return {
    name: 'engine: decode throughput over HTTP / node-llama-cpp called directly',
    ratio: total.direct / total.http,
    target: 0.85,
    details: {
      parallel: PARALLEL,
      tokens: total.tokens,
      httpTokensPerSecond: ROUNDS / total.http,
      directTokensPerSecond: ROUNDS / total.direct,
      differentTexts: total.different,
    },
  };
}

/** node-llama-cpp with nothing around it. */
class Direct {
  private constructor(
    readonly threads: number,
    private readonly model: LlamaModel,
    private readonly sequences: LlamaContextSequence[],
    private readonly close: () => Promise<void>,
  ) {}

  static async create(wanted?: number): Promise<Direct> {
    const llama = await getLlama({
      build: 'never',
      gpu: false,
      maxThreads: 0,
      logLevel: LlamaLogLevel.error,
    });
    const threads = wanted ?? llama.cpuMathCores;
    llama.maxThreads = threads;
    const model = await llama.loadModel({ modelPath: modelPath(), gpuLayers: 0 });
    // Without flash attention, as in the engine, so that both sides compute the same tokens (both ways decode equally fast).
    const context = await model.createContext({
      sequences: PARALLEL,
      contextSize: CONTEXT,
      threads,
      flashAttention: false,
    });
    const sequences = Array.from({ length: PARALLEL }, () => context.getSequence());
    return new Direct(threads, model, sequences, () => llama.dispose());
  }

  async run(prompts: string[]): Promise<Run> {
    const begun = performance.now();
    const answers = await Promise.all(
      this.sequences.map((sequence, index) => this.answer(sequence, prompts[index] ?? '')),
    );
    const seconds = (performance.now() - begun) / 1000;
    return {
      seconds,
      tokens: answers.reduce((sum, tokens) => sum + tokens.length, 0),
      texts: answers.map((tokens) => this.model.detokenize(tokens)),
    };
  }

  stop(): Promise<void> {
    return this.close();
  }

  private async answer(sequence: LlamaContextSequence, prompt: string): Promise<Token[]> {
    const system = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face';
    const chat = `<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`;
    const tokens = this.model.tokenize(chat, true);
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const answer: Token[] = [];
    const rest = tokens.slice(sequence.nextTokenIndex);
    for await (const token of sequence.evaluate(rest, {
      temperature: 0,
      topK: 0,
      topP: 1,
      yieldEogToken: true,
    })) {
      answer.push(token);
      if (answer.length >= TOKENS || this.model.isEogToken(token)) break;
    }
    return answer;
  }
}

/** The engine as its own process, spoken to over HTTP. */
class EngineProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly baseUrl: string,
  ) {}

  static async start(threads: number): Promise<EngineProcess> {
    const main = fileURLToPath(new URL('main.js', import.meta.resolve('@trprompt/engine')));
    const child = spawn(process.execPath, [main], {
      env: {
        TRPROMPT_ENGINE_MODEL: modelPath(),
        TRPROMPT_ENGINE_MODEL_NAME: MODEL,
        TRPROMPT_ENGINE_CONTEXT_SIZE: String(CONTEXT),
        TRPROMPT_ENGINE_PARALLEL: String(PARALLEL),
        TRPROMPT_ENGINE_THREADS: String(threads),
        TRPROMPT_LOG_LEVEL: 'error',
        TRPROMPT_EXIT_WITH_PARENT: '1',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { address } = JSON.parse(line) as { address: string };
      return new EngineProcess(child, `http://${address}/v1`);
    }
    throw new Error(`the engine ended before it listened, exit code ${child.exitCode}`);
  }

  async run(prompts: string[]): Promise<Run> {
    const begun = performance.now();
    const answers = await Promise.all(prompts.map((prompt) => this.answer(prompt)));
    const seconds = (performance.now() - begun) / 1000;
    return {
      seconds,
      tokens: answers.reduce((sum, answer) => sum + answer.tokens, 0),
      texts: answers.map((answer) => answer.text),
    };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async answer(prompt: string): Promise<{ tokens: number; text: string }> {
    const response = await fetch(`${this.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: MODEL,
        messages: [{ role: 'user', content: prompt }],
        temperature: 0,
        max_tokens: TOKENS,
      }),
    });
    if (!response.ok) throw new Error(`the engine answered ${response.status}: ${await response.text()}`);
    const answer = (await response.json()) as {
      choices: { message: { content: string } }[];
      usage: { completion_tokens: number };
    };
    return { tokens: answer.usage.completion_tokens, text: answer.choices[0]?.message.content ?? '' };
  }
}
