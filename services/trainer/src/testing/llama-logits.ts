import { getLlama, LlamaLogLevel, type Llama, type Token } from 'node-llama-cpp';

/** The softmax of the logits as they are: temperature 1 and no token cut off. */
const wholeDistribution = {
  probabilities: true,
  options: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 },
};

function llamaOf(threads: number): Promise<Llama> {
  return getLlama({
    build: 'never',
    gpu: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    logger: () => {},
  });
}

/** The tokens of a text in which special tokens are spelt out. */
export async function llamaTokens(modelPath: string, text: string): Promise<number[]> {
  const llama = await llamaOf(1);
  try {
    const model = await llama.loadModel({ modelPath, gpuLayers: 0, vocabOnly: true });
    return model.tokenize(text, true);
  } finally {
    await llama.dispose();
  }
}

/**
 * Log-probabilities of the token that follows each sequence, as llama.cpp computes them: its logits up to a constant.
 * @param adapter GGUF adapter; undefined: the model alone
 */
export async function llamaLogProbabilities(
  modelPath: string,
  adapter: string | undefined,
  sequences: readonly number[][],
  threads = 2,
): Promise<Float64Array[]> {
  const llama = await llamaOf(threads);
  try {
    const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
    const results: Float64Array[] = [];
    for (const ids of sequences) {
      const context = await model.createContext({
        contextSize: 256,
        threads,
        ...(adapter === undefined ? {} : { lora: adapter }),
      });
      const tokens = ids.map((id) => id as Token);
      const last = tokens.length - 1;
      const outputs = await context
        .getSequence()
        .controlledEvaluate(
          tokens.map((token, index) =>
            index === last ? [token, { generateNext: wholeDistribution }] : token,
          ),
        );
      const probabilities = outputs[last]?.next.probabilities;
      if (!probabilities) throw new Error('llama.cpp returned no probabilities');
      const logs = new Float64Array(probabilities.size);
      for (const [id, probability] of probabilities) logs[id] = Math.log(probability);
      results.push(logs);
      await context.dispose();
    }
    return results;
  } finally {
    await llama.dispose();
  }
}
