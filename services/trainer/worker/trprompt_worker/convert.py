"""PEFT adapter to llama.cpp's GGUF adapter, for models of the llama architecture."""

from __future__ import annotations

import re
from typing import Any, Dict

import gguf
import numpy

from .errors import TrainingError

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_KEY = re.compile(r"^base_model\.model\.model\.layers\.(\d+)\.([a-z_.]+)\.lora_(A|B)\.weight$")


def permute_rows(weight: numpy.ndarray, heads: int) -> numpy.ndarray:
    """
    Rows of a query or key projection, from the order of Hugging Face's rotary embedding (halves) to llama.cpp's (interleaved
    pairs); the same that llama.cpp's converter does to the base weights. weight: (out, r); heads: n_head, or n_head_kv for keys.
    """
    out, rank = weight.shape
    return weight.reshape(heads, 2, out // heads // 2, rank).swapaxes(1, 2).reshape(out, rank)


def write_gguf_adapter(path: str, weights: Dict[str, numpy.ndarray], alpha: float, config: Any) -> None:
    """
    weights: PEFT's state dict as numpy, A (r, in) and B (out, r). config: the base model's.

    @raises TrainingError BASE_MODEL for another architecture or a layer that has no place in GGUF
    """
    if config.model_type != "llama":
        raise TrainingError("BASE_MODEL", f"adapters of model type {config.model_type!r} have no GGUF form here: use a llama model")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(alpha))
    for key in sorted(weights):
        match = _KEY.match(key)
        if match is None or match.group(2) not in _NAMES:
            raise TrainingError("BASE_MODEL", f"{key} has no GGUF form: choose targets among {', '.join(sorted(_NAMES))}")
        layer, module, part = match.groups()
        value = weights[key].astype(numpy.float32)
        if part == "B" and module == "self_attn.q_proj":
            value = permute_rows(value, config.num_attention_heads)
        if part == "B" and module == "self_attn.k_proj":
            value = permute_rows(value, config.num_key_value_heads)
        writer.add_tensor(f"blk.{layer}.{_NAMES[module]}.weight.lora_{part.lower()}", numpy.ascontiguousarray(value))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
