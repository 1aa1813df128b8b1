"""Templates, filled in exactly as @trprompt/core does it (libs/core/src/templates); tests/golden.json holds both to it."""

from __future__ import annotations

import re
from typing import Dict, List

from .errors import TrainingError

_PLACEHOLDER = re.compile(r"\{\{\s{0,8}([a-zA-Z][a-zA-Z0-9_]{0,63})\s{0,8}\}\}")


def render_template(text: str, values: Dict[str, str]) -> str:
    """
    Fills in {{name}} in one pass; values go in verbatim and are never expanded again.

    @raises TrainingError BAD_JOB when a placeholder has no value, or a value no placeholder
    """
    names = set(_PLACEHOLDER.findall(text))
    odd = sorted(names.symmetric_difference(values))
    if odd:
        raise TrainingError("BAD_JOB", f"the template must use exactly {', '.join(sorted(values))}; see {odd[0]}")
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def prompt_model_messages(system: str, user: str, question: str, reward: str) -> List[Dict[str, str]]:
    """What the prompt model is asked: a system message if there is system text, then one user message."""
    asked = {"role": "user", "content": render_template(user, {"question": question, "reward": reward})}
    return [asked] if system == "" else [{"role": "system", "content": system}, asked]
