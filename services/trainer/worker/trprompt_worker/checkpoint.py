"""The training's own checkpoint: one file, replaced atomically, from which going on equals never having stopped."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

import torch

NAME = "checkpoint.pt"


@dataclass
class Progressed:
    """What a training has done so far."""

    step: int = 0  # optimiser steps done
    tokens: int = 0
    losses: List[float] = field(default_factory=list)  # one a step, nats per prompt token


def save_checkpoint(folder: str, fingerprint: str, model: Any, optimizer: Any, done: Progressed) -> None:
    os.makedirs(folder, exist_ok=True)
    state = {
        "fingerprint": fingerprint,
        "adapter": {name: value for name, value in model.named_parameters() if value.requires_grad},
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "randomOfDevices": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "done": {"step": done.step, "tokens": done.tokens, "losses": done.losses},
    }
    staged = os.path.join(folder, f"{NAME}.part")
    with open(staged, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(staged, os.path.join(folder, NAME))


def load_checkpoint(folder: str, fingerprint: str, model: Any, optimizer: Any) -> Optional[Progressed]:
    """@returns None when there is no readable checkpoint of this very training"""
    path = os.path.join(folder, NAME)
    if not os.path.exists(path):
        return None
    try:
        state: Dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError):
        return None
    if state.get("fingerprint") != fingerprint:
        return None
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.requires_grad:
                value.copy_(state["adapter"][name])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    if state["randomOfDevices"]:
        torch.cuda.set_rng_state_all(state["randomOfDevices"])
    return Progressed(**state["done"])
