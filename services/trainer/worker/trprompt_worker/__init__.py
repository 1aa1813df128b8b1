"""Supervised LoRA fine-tuning of the prompt model (TRPrompt, arXiv 2507.18618, section on step 2)."""
