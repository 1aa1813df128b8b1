import { z } from 'zod';

/** Linear layers of a Llama block that can have an adapter. */
export const loraTargets = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;

/** Fine-tuning of the prompt model on log P(prompt | question, reward). */
export const trainSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false leaves the prompt model as it is.'),
    rank: z.int().min(1).max(256).default(256).describe('LoRA rank, 1 to 256.'),
    alpha: z
      .number()
      .gt(0)
      .max(4096)
      .default(256)
      .describe('LoRA alpha, above 0 to 4096; the update is scaled by alpha / rank.'),
    dropout: z.number().min(0).lt(1).default(0).describe("Dropout of the adapter's input, 0 to below 1."),
    targets: z
      .array(z.enum(loraTargets))
      .min(1)
      .max(7)
      .default([...loraTargets])
      .describe('Linear layers that get an adapter.'),
    learningRate: z
      .number()
      .gt(0)
      .max(1)
      .default(2e-5)
      .describe('Peak learning rate of Adam, above 0 to 1; decays linearly to 0.'),
    warmup: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of the optimiser steps used for linear warm-up, 0 to 1.'),
    epochs: z.int().min(1).max(100).default(2).describe('Passes over the triples, 1 to 100.'),
    batchSize: z.int().min(1).max(512).default(8).describe('Sequences in one forward pass, 1 to 512.'),
    gradientAccumulation: z
      .int()
      .min(1)
      .max(1024)
      .default(1)
      .describe('Batches per optimiser step, 1 to 1024.'),
    gradientCheckpointing: z
      .boolean()
      .default(false)
      .describe('Recompute activations in the backward pass: less memory, more time.'),
    maxLength: z
      .int()
      .min(16)
      .max(131_072)
      .default(512)
      .describe('Longest sequence in tokens, input and prompt together, 16 to 131072.'),
    tooLong: z
      .enum(['error', 'skip'])
      .default('error')
      .describe(
        'What a longer sequence does: error fails the training, skip leaves it out and counts it. Nothing is ever cut.',
      ),
    precision: z
      .enum(['auto', 'fp32', 'bf16'])
      .default('auto')
      .describe('Number format; auto is bf16 where the processor has it natively.'),
    maxGradNorm: z
      .number()
      .gt(0)
      .max(1000)
      .default(1)
      .describe('Largest gradient norm, above 0 to 1000; larger gradients are scaled down.'),
    checkpointSteps: z
      .int()
      .min(1)
      .max(100_000)
      .default(50)
      .describe(
        'Optimiser steps between checkpoints from which an interrupted training resumes, 1 to 100000.',
      ),
    continueFromPrevious: z
      .boolean()
      .default(true)
      .describe("Continue from the previous iteration's adapter; false starts afresh each time."),
    include: z
      .enum(['all', 'correct'])
      .default('all')
      .describe('Triples to train on: all of them, as in the paper, or only those whose answer was right.'),
  })
  .prefault({})
  .superRefine((train, context) => {
    if (new Set(train.targets).size !== train.targets.length) {
      context.addIssue({ code: 'custom', path: ['targets'], message: 'names a layer twice: name each once' });
    }
  })
  .describe('Step 2 of an iteration: LoRA fine-tuning of the prompt model.');
