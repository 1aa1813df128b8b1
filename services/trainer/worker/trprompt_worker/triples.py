"""The data set: JSON lines {"question", "reward", "prompt"}, checked before anything slow is imported."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from .errors import TrainingError

SHOWN = 5  # problems told in one message


@dataclass(frozen=True)
class Triple:
    line: int  # 1-based
    question: str
    reward: str
    prompt: str


def read_triples(path: str) -> List[Triple]:
    """@raises TrainingError BAD_DATA that lists the first problems with their line numbers"""
    triples, problems = [], []
    with open(path, encoding="utf-8", errors="strict") as lines:
        try:
            for number, line in enumerate(lines, start=1):
                if line.strip() == "":
                    continue
                problem, value = _check(line)
                if problem:
                    problems.append(f"line {number}: {problem}")
                else:
                    triples.append(Triple(number, value["question"], value["reward"], value["prompt"]))
        except UnicodeDecodeError as error:
            raise TrainingError("BAD_DATA", f"the data set is not UTF-8 ({error.reason}): convert it") from error
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise TrainingError("BAD_DATA", "; ".join(problems[:SHOWN]) + more)
    if not triples:
        raise TrainingError("BAD_DATA", "the data set has no lines: give at least one triple")
    return triples


def _check(line: str) -> Tuple[str, Dict[str, Any]]:
    try:
        value = json.loads(line)
    except ValueError as error:
        return f"no JSON ({error})", {}
    if not isinstance(value, dict):
        return "no JSON object", {}
    for field in ("question", "reward", "prompt"):
        if field not in value:
            return f"has no {field}", {}
        if not isinstance(value[field], str):
            return f"{field} is {type(value[field]).__name__}: give a text", {}
    for field in ("question", "prompt"):
        if value[field].strip() == "":
            return f"{field} is empty: leave the line out", {}
    return "", value
