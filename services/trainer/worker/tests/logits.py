"""
Random LoRA adapters and the logits that transformers + PEFT compute with them, for comparison with llama.cpp.

    python tests/logits.py FOLDER SHIPPED      SHIPPED: GGUF file of the shipped model

For the tiny model (written to FOLDER/tiny) and the shipped one it writes FOLDER/{tiny,shipped}/adapter.gguf and
unpermuted.gguf (the classic mistake: rows of q and k as PEFT has them), and FOLDER/reference.json with, for each, sequences
(token ids), the logits of the token that follows each without and with the adapter, and a chat text with its token ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict
from unittest import mock

import quiet  # noqa: F401  (first)
import torch
from peft import get_peft_model_state_dict
from tiny_model import write_tiny_model
from trprompt_worker import convert
from trprompt_worker.job import Hyperparameters, Job
from trprompt_worker.model import attach_adapter, load_base

TEXT = "Tom has 3 apples and buys 4 more. How many apples does Tom have now? Answer with the number only."
ODD = "It's 12345.60 €  naïve\n\n  'll  x² 日本 {{a}}\t$1,250 <b>3rd</b>"


def reference(base: str, folder: Path, rank: int, b_std: float) -> Dict[str, Any]:
    folder.mkdir(exist_ok=True)
    model, tokenizer = load_base(base, torch.float32, torch.device("cpu"))
    ids = tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    sequences = [ids[:length] for length in (8, 12, len(ids))]
    torch.manual_seed(3)
    hp = Hyperparameters(rank=rank, alpha=2.0 * rank)
    peft = attach_adapter(model, Job("", base, "", "", "", "", "", hyperparameters=hp)).eval()
    for name, value in peft.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(value, std=b_std)
    with torch.no_grad():
        adapted = [peft(input_ids=torch.tensor([each]), logits_to_keep=1).logits[0, -1].tolist() for each in sequences]
        with peft.disable_adapter():
            plain = [peft(input_ids=torch.tensor([each]), logits_to_keep=1).logits[0, -1].tolist() for each in sequences]
    weights = {key: value.numpy() for key, value in get_peft_model_state_dict(peft).items()}
    convert.write_gguf_adapter(str(folder / "adapter.gguf"), weights, hp.alpha, model.config)
    with mock.patch.object(convert, "permute_rows", lambda weight, _heads: weight):
        convert.write_gguf_adapter(str(folder / "unpermuted.gguf"), weights, hp.alpha, model.config)
    chat = tokenizer.apply_chat_template([{"role": "user", "content": ODD}], tokenize=False, add_generation_prompt=True)
    tokens = tokenizer(chat, add_special_tokens=False)["input_ids"]
    return {"sequences": sequences, "base": plain, "adapted": adapted, "chat": chat, "chatTokens": tokens}


def main(folder: str, shipped: str) -> None:
    target = Path(folder)
    write_tiny_model(str(target / "tiny"))
    references = {
        "tiny": reference(str(target / "tiny" / "hf"), target / "tiny", rank=4, b_std=0.3),
        "shipped": reference(shipped, target / "shipped", rank=8, b_std=0.1),
    }
    (target / "reference.json").write_text(json.dumps(references), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
