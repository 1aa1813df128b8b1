import { writeFile } from 'node:fs/promises';

/** Sizes of SmolLM2-135M. */
const HIDDEN = 576;
const LAYERS = 30;
const STRING = 8;
const UINT32 = 4;
const FLOAT32 = 6;
const F32_TENSOR = 0;
const ALIGNMENT = 32;

/** Writes a LoRA adapter of rank 1 for SmolLM2-135M in GGUF, with pseudo-random weights that change what the model says. */
export async function writeLoraFile(path: string, { seed = 1, width = HIDDEN } = {}): Promise<void> {
  const random = generator(seed);
  const tensors = Array.from({ length: LAYERS }, (_, layer) => `blk.${layer}.attn_output.weight`).flatMap(
    (name) => [
      { name: `${name}.lora_a`, shape: [width, 1], data: Float32Array.from({ length: width }, random) },
      { name: `${name}.lora_b`, shape: [1, HIDDEN], data: Float32Array.from({ length: HIDDEN }, random) },
    ],
  );
  const header = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(4)];
  header.push(text('general.architecture'), u32(STRING), text('llama'));
  header.push(text('general.type'), u32(STRING), text('adapter'));
  header.push(text('adapter.type'), u32(STRING), text('lora'));
  header.push(text('adapter.lora.alpha'), u32(FLOAT32), f32(1));
  let offset = 0;
  const data: Buffer[] = [];
  for (const tensor of tensors) {
    header.push(
      text(tensor.name),
      u32(tensor.shape.length),
      ...tensor.shape.map(u64),
      u32(F32_TENSOR),
      u64(offset),
    );
    const bytes = padded(Buffer.from(tensor.data.buffer));
    data.push(bytes);
    offset += bytes.length;
  }
  await writeFile(path, Buffer.concat([padded(Buffer.concat(header)), ...data]));
}

/** Values from -0.4 to 0.4 of a linear congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.8;
  };
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(UINT32);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}
