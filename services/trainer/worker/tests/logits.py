"""
Random LoRA adapters and the logits that transformers + PEFT compute with them, for comparison with llama.cpp.

    python tests/logits.py BASE FOLDER RANK B_STD     BASE: GGUF file or Hugging Face folder

Writes FOLDER/adapter.gguf, FOLDER/unpermuted.gguf (the classic mistake: rows of q and k as PEFT has them) and prints one JSON
object: sequences (token ids) and, for each, base and adapted logits of the token that follows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unittest import mock

import quiet  # noqa: F401
import torch
from peft import get_peft_model_state_dict

from trprompt_worker import convert
from trprompt_worker.job import Hyperparameters, Job
from trprompt_worker.model import attach_adapter, load_base


def main(base: str, folder: str, rank: int, b_std: float) -> None:
    model, tokenizer = load_base(base, torch.float32, torch.device("cpu"))
    text = "Tom has 3 apples and buys 4 more. How many apples does Tom have now? Answer with the number only."
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    sequences = [ids[:length] for length in (8, 12, len(ids))]
    torch.manual_seed(3)
    hp = Hyperparameters(rank=rank, alpha=2.0 * rank)
    peft = attach_adapter(model, Job("", base, "", "", "", "", "", hyperparameters=hp)).eval()
    for name, value in peft.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(value, std=b_std)
    with torch.no_grad():
        adapted = [peft(input_ids=torch.tensor([each])).logits[0, -1].tolist() for each in sequences]
        with peft.disable_adapter():
            plain = [peft(input_ids=torch.tensor([each])).logits[0, -1].tolist() for each in sequences]
    weights = {key: value.numpy() for key, value in get_peft_model_state_dict(peft).items()}
    target = Path(folder)
    convert.write_gguf_adapter(str(target / "adapter.gguf"), weights, hp.alpha, model.config)
    with mock.patch.object(convert, "permute_rows", lambda weight, _heads: weight):
        convert.write_gguf_adapter(str(target / "unpermuted.gguf"), weights, hp.alpha, model.config)
    print(json.dumps({"sequences": sequences, "base": plain, "adapted": adapted}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
