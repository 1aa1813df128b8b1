"""Why a training ends without an adapter: one reason, one exit code, one sentence that says what to do."""

from __future__ import annotations

import errno

EXIT_CODES = {
    "INTERNAL": 1,
    "BAD_DATA": 65,
    "TOO_LONG": 65,
    "BASE_MODEL": 66,
    "NAN": 70,
    "OUT_OF_MEMORY": 71,
    "OUT_OF_DISK": 74,
    "BAD_JOB": 78,
    "KILLED": 143,
}

RETRYABLE = {"INTERNAL", "OUT_OF_DISK", "KILLED"}


class TrainingError(Exception):
    """A training that cannot go on. `reason` is a key of EXIT_CODES, `message` one sentence for the user."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.reason]

    @property
    def retryable(self) -> bool:
        return self.reason in RETRYABLE


def classify(error: BaseException) -> TrainingError:
    """Maps any exception to a TrainingError; what is unknown becomes INTERNAL with its type and text."""
    if isinstance(error, TrainingError):
        return error
    text = str(error)
    memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    if memory or "can't allocate memory" in text or "not enough memory" in text:
        return TrainingError(
            "OUT_OF_MEMORY",
            "the training ran out of memory: lower batchSize (and raise gradientAccumulation), or set gradientCheckpointing",
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TrainingError("OUT_OF_DISK", "no space left on the disk of the work folder: free some and start again")
    return TrainingError("INTERNAL", f"{type(error).__name__}: {text or 'no message'}")
