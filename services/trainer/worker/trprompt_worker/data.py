"""Triples to token sequences: masks, and batches of similar length."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Callable, List, Sequence, Tuple

import torch

from .errors import TrainingError
from .job import Job
from .template import prompt_model_messages
from .triples import Triple

IGNORE = -100
POOL = 16  # batches whose sequences are sorted by length together


@dataclass(frozen=True)
class Sample:
    """One training sequence: `tokens` = input then completion; the last `scored` of them carry the loss."""

    tokens: Tuple[int, ...]
    scored: int


@dataclass(frozen=True)
class Batch:
    """Padded on the right. ids, labels: (batch, longest). labels is IGNORE wherever there is no loss."""

    ids: torch.Tensor
    labels: torch.Tensor
    tokens: int  # without padding
    scored: int  # with loss


def make_encoder(tokenizer: Any, job: Job) -> Callable[[Triple], Sample]:
    """
    Input tokens are those that serving sends (chat template with the generation prompt); the completion is tokenised on its
    own, as the model generates it, and ends with the token that ends a turn.

    @raises TrainingError BASE_MODEL when the tokenizer has no chat template
    """
    if not getattr(tokenizer, "chat_template", None):
        raise TrainingError("BASE_MODEL", "the base model has no chat template: use an instruction-tuned model")
    end = end_of_turn(tokenizer)

    def encode(triple: Triple) -> Sample:
        messages = prompt_model_messages(job.system, job.user, triple.question, triple.reward)
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        given = tokenizer(text, add_special_tokens=False)["input_ids"]
        completion = tokenizer(triple.prompt, add_special_tokens=False)["input_ids"] + [end]
        return Sample(tuple(given + completion), len(completion))

    return encode


def end_of_turn(tokenizer: Any) -> int:
    """The token that the chat template puts after an assistant's message."""
    ask = [{"role": "user", "content": "a"}]
    before = tokenizer.apply_chat_template(ask, tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(ask + [{"role": "assistant", "content": "b"}], tokenize=False)
    if whole.startswith(before + "b"):
        after = tokenizer(whole[len(before) + 1 :], add_special_tokens=False)["input_ids"]
        if after and after[0] in tokenizer.all_special_ids:
            return after[0]
    if tokenizer.eos_token_id is None:
        raise TrainingError("BASE_MODEL", "the tokenizer has no end-of-turn token: use an instruction-tuned model")
    return tokenizer.eos_token_id


def encode_all(triples: Sequence[Triple], encode: Callable[[Triple], Sample], job: Job) -> Tuple[List[Sample], int]:
    """
    @returns the samples, and how many triples were left out as too long
    @raises TrainingError TOO_LONG
    """
    samples, skipped, longest = [], 0, job.hyperparameters.maxLength
    for triple in triples:
        sample = encode(triple)
        if len(sample.tokens) <= longest:
            samples.append(sample)
        elif job.hyperparameters.tooLong == "skip":
            skipped += 1
        else:
            raise TrainingError(
                "TOO_LONG",
                f"line {triple.line}: {len(sample.tokens)} tokens, maxLength is {longest}: raise maxLength or set tooLong to skip",
            )
    if not samples:
        raise TrainingError("TOO_LONG", f"all {skipped} triples are longer than maxLength {longest}: raise it")
    return samples, skipped


def make_batches(samples: Sequence[Sample], size: int, seed: int, epoch: int) -> List[List[Sample]]:
    """A seeded shuffle, then sorting by length within pools so that batches hold little padding, then the batches shuffled."""
    rng = random.Random(f"{seed}:{epoch}")
    order = list(samples)
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), size * POOL):
        pool = sorted(order[start : start + size * POOL], key=lambda sample: len(sample.tokens))
        batches += [pool[first : first + size] for first in range(0, len(pool), size)]
    rng.shuffle(batches)
    return batches


def collate(samples: Sequence[Sample], device: torch.device) -> Batch:
    """
    Pads on the right with token 0: under a causal mask no real token sees what stands to its right, so no attention mask is
    needed, and the padding carries no loss.
    """
    longest = max(len(sample.tokens) for sample in samples)
    ids = torch.zeros((len(samples), longest), dtype=torch.long)
    labels = torch.full((len(samples), longest), IGNORE, dtype=torch.long)
    for row, sample in enumerate(samples):
        end = len(sample.tokens)
        ids[row, :end] = torch.tensor(sample.tokens)
        labels[row, end - sample.scored : end] = ids[row, end - sample.scored : end]
    return Batch(
        ids=ids.to(device),
        labels=labels.to(device),
        tokens=sum(len(sample.tokens) for sample in samples),
        scored=sum(sample.scored for sample in samples),
    )
