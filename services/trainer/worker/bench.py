"""
Training speed of the worker's loop against a bare PEFT loop (model(**batch).loss, backward, AdamW) on the same batches, in one
process, rounds alternating so that load from elsewhere meets both.

    python bench.py BASE [--rounds N] [--threads N] [--precision auto|fp32|bf16]

Prints one JSON object; tokens a second count input and prompt, not padding; each is the best of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402
from peft import LoraConfig, get_peft_model  # noqa: E402
from trprompt_worker.data import collate, make_batches, make_encoder, encode_all  # noqa: E402
from trprompt_worker.job import ALL_TARGETS, Hyperparameters, Job  # noqa: E402
from trprompt_worker.lora import use_fused_products  # noqa: E402
from trprompt_worker.model import attach_adapter, load_base, pick_attention, pick_device, pick_precision  # noqa: E402
from trprompt_worker.train import autocast, optimiser_step  # noqa: E402
from trprompt_worker.triples import Triple  # noqa: E402

NAMES = ("Ana", "Ben", "Chloe", "David", "Emma", "Farid")
PROMPTS = ("Reply with only the final number.", "Give the number and nothing else.", "Work it out, then state the number.")
USER = "Write one short instruction that helps with the question.\n\nReview:\n{{reward}}\n\nQuestion:\n{{question}}\n\nInstruction:"


def triples(count: int) -> list:
    rng = random.Random(7)
    made = []
    for line in range(1, count + 1):
        name, a, b = rng.choice(NAMES), rng.randint(2, 90), rng.randint(2, 90)
        question = f"{name} has {a} apples and buys {b} more." + f" {name} also sees {a + 3} birds." * rng.randint(0, 2)
        reward = "The answer was right: the prompt asked for the final number only, and the number was found where it was asked for."
        made.append(Triple(line, question + f" How many apples does {name} have now?", reward, rng.choice(PROMPTS)))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--precision", default="auto")
    arguments = parser.parse_args()

    hp = Hyperparameters(learningRate=1e-4, precision=arguments.precision)
    job = Job("", arguments.base, "bench", "", "", "", USER, threads=arguments.threads, hyperparameters=hp)
    torch.set_num_threads(job.thread_count)
    device = pick_device()
    precision = pick_precision(hp.precision, device)
    dtype, context = torch.bfloat16 if precision == "bf16" else torch.float32, autocast(precision, device)

    base, tokenizer = load_base(job.baseModel, dtype, device)
    samples, _ = encode_all(triples(3 * hp.batchSize), make_encoder(tokenizer, job), job)
    batches = [collate(group, device) for group in make_batches(samples, hp.batchSize, 1, 0)]
    base.set_attn_implementation(pick_attention(precision, device, max(len(sample.tokens) for sample in samples)))
    ours = attach_adapter(base, job)
    use_fused_products(ours)
    ours_parameters = [value for value in ours.parameters() if value.requires_grad]
    ours_optimizer = torch.optim.AdamW(ours_parameters, lr=hp.learningRate, weight_decay=0.0)

    plain, _ = load_base(job.baseModel, dtype, device)
    lora = LoraConfig(r=hp.rank, lora_alpha=hp.alpha, target_modules=list(ALL_TARGETS), task_type="CAUSAL_LM")
    bare = get_peft_model(plain, lora).train()
    bare_optimizer = torch.optim.AdamW([v for v in bare.parameters() if v.requires_grad], lr=hp.learningRate, weight_decay=0.0)

    def our_round() -> None:
        for batch in batches:
            optimiser_step(ours, ours_optimizer, ours_parameters, [batch], hp.maxGradNorm, context)

    def bare_round() -> None:
        for batch in batches:
            lengths = [int((row != -100).nonzero().max()) + 1 for row in batch.labels]
            mask = torch.zeros_like(batch.ids)
            for row, length in enumerate(lengths):
                mask[row, :length] = 1
            with context():
                loss = bare(input_ids=batch.ids, attention_mask=mask, labels=batch.labels).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(bare.parameters(), hp.maxGradNorm)
            bare_optimizer.step()
            bare_optimizer.zero_grad()

    tokens = sum(batch.tokens for batch in batches)
    speeds = {"ours": 0.0, "bare": 0.0}
    for attempt in range(arguments.rounds + 1):  # the first warms up
        for name, run in (("ours", our_round), ("bare", bare_round)):
            began = time.perf_counter()
            run()
            if attempt > 0:
                speeds[name] = max(speeds[name], tokens / (time.perf_counter() - began))
    print(
        json.dumps(
            {
                "tokensPerSecond": round(speeds["ours"], 1),
                "bareTokensPerSecond": round(speeds["bare"], 1),
                "precision": precision,
                "threads": job.thread_count,
                "tokensPerBatch": round(tokens / len(batches)),
                "longest": max(batch.ids.shape[1] for batch in batches),
            }
        )
    )


if __name__ == "__main__":
    main()
