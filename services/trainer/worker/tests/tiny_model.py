"""
A tiny random llama with grouped-query attention, as a Hugging Face folder and as an unquantised GGUF file.

    python tests/tiny_model.py FOLDER     writes FOLDER/hf and FOLDER/tiny.gguf
"""

from __future__ import annotations

import sys
from pathlib import Path

import quiet  # noqa: F401  (first)
import gguf
import torch
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from trprompt_worker.convert import permute_rows

MERGES = [("t", "h")]  # readers of GGUF want at least one
SPECIAL = ["<|im_start|>", "<|im_end|>"]
FIRST_SPECIAL = 256 + len(MERGES)
CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TENSORS = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, one merge, and the two tokens of the chat template."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {token: at for at, token in enumerate([*letters, *("".join(pair) for pair in MERGES)])}
    tokenizer = Tokenizer(BPE(vocab=vocab, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=SPECIAL[0], eos_token=SPECIAL[1], pad_token=SPECIAL[1])
    fast.chat_template = CHAT
    return fast


def tiny_model(seed: int = 0) -> LlamaForCausalLM:
    """hidden 64, 2 layers, 4 query heads over 2 key-value heads; weights wide enough for logits that differ."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=FIRST_SPECIAL + len(SPECIAL),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        initializer_range=0.15,
        bos_token_id=FIRST_SPECIAL,
        eos_token_id=FIRST_SPECIAL + 1,
        tie_word_embeddings=False,
    )
    return LlamaForCausalLM(config).eval()


def write_gguf(path: str, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    config = model.config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    vocab = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    writer.add_token_list([token for token, _ in vocab])
    writer.add_token_types([gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token, _ in vocab])
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    writer.add_bos_token_id(FIRST_SPECIAL)
    writer.add_eos_token_id(FIRST_SPECIAL + 1)
    writer.add_chat_template(CHAT)
    for key, value in model.state_dict().items():
        array = value.float().numpy()
        if key == "model.embed_tokens.weight":
            name = "token_embd.weight"
        elif key == "model.norm.weight":
            name = "output_norm.weight"
        elif key == "lm_head.weight":
            name = "output.weight"
        else:
            _, _, layer, module = key.removesuffix(".weight").split(".", 3)
            name = f"blk.{layer}.{TENSORS[module]}.weight"
            if module.endswith("q_proj"):
                array = permute_rows(array, config.num_attention_heads)
            if module.endswith("k_proj"):
                array = permute_rows(array, config.num_key_value_heads)
        writer.add_tensor(name, array.copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_tiny_model(folder: str, seed: int = 0) -> None:
    model, tokenizer = tiny_model(seed), tiny_tokenizer()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(target / "hf")
    tokenizer.save_pretrained(target / "hf")
    write_gguf(str(target / "tiny.gguf"), model, tokenizer)


if __name__ == "__main__":
    write_tiny_model(sys.argv[1])
