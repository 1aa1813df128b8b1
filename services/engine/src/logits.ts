import { getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp';

/** The softmax of the logits as they are: temperature 1 and no token cut off. */
const WHOLE_DISTRIBUTION = {
  probabilities: true,
  options: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 },
};

/**
 * Log-probabilities (natural) of the token that follows `tokenIds`, as llama.cpp computes them, for comparing a model or a
 * converted adapter with another implementation. Loads and frees the model each time.
 * @param modelPath GGUF model.
 * @param adapterPath GGUF LoRA adapter applied at scale 1; undefined: none.
 * @param tokenIds at least one token id of the model's vocabulary.
 * @param threads compute threads.
 * @returns one value per vocabulary entry, at its token id.
 */
export async function nextTokenProbabilities(
  modelPath: string,
  adapterPath: string | undefined,
  tokenIds: readonly number[],
  threads = 2,
): Promise<Float64Array> {
  if (tokenIds.length === 0) throw new Error('tokenIds is empty: give at least one token id');
  const llama = await getLlama({
    build: 'never',
    gpu: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    logger: () => {},
  });
  try {
    const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
    const context = await model.createContext({
      sequences: 1,
      contextSize: Math.max(256, tokenIds.length + 1),
      threads,
      ...(adapterPath === undefined ? {} : { lora: adapterPath }),
    });
    const tokens = tokenIds.map((id) => id as Token);
    const last = tokens.length - 1;
    const [result] = (
      await context
        .getSequence()
        .controlledEvaluate(
          tokens.map((token, index) =>
            index === last ? [token, { generateNext: WHOLE_DISTRIBUTION }] : token,
          ),
        )
    ).slice(last);
    const probabilities = result?.next.probabilities;
    if (probabilities === undefined) throw new Error('llama.cpp returned no probabilities');
    const size = [...probabilities.keys()].reduce((most, id) => Math.max(most, id + 1), 0);
    const logs = new Float64Array(size).fill(-Infinity);
    for (const [id, probability] of probabilities) logs[id] = Math.log(probability);
    return logs;
  } finally {
    await llama.dispose();
  }
}
