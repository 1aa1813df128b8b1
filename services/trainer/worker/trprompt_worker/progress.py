"""Progress as JSON lines on standard output: the only thing the trainer service reads."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO


class Progress:
    """Writes one JSON object a line, flushed at once. Non-finite numbers are refused: they are no JSON."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def emit(self, event: str, **fields: Any) -> None:
        line = json.dumps({"event": event, **fields}, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        self.stream.write(line + "\n")
        self.stream.flush()


def claim_stdout() -> TextIO:
    """Keeps standard output for progress: whatever a library prints from now on goes to standard error."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own
