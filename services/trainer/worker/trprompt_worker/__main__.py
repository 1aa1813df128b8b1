"""python -m trprompt_worker job.json: runs one training job and reports on standard output as JSON lines."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
import traceback

from .errors import classify
from .job import read_job
from .lifeline import exit_with_parent
from .progress import Progress, claim_stdout
from .triples import read_triples

EPILOGUE = """
The job file is one JSON object: dataset, baseModel, baseModelName, output, work, system, user (required); initialAdapter,
templateId, datasetDigest, initialAdapterDigest, threads, hyperparameters (optional; see job.py for fields and defaults).

Exit codes: 0 done; 65 bad data or a sequence that is too long; 66 base model; 70 loss not finite; 71 out of memory;
74 disk full; 78 job file; 143 stopped (a checkpoint is in the work folder, start again to go on); 1 anything else.
"""


def main() -> int:
    began = time.monotonic()
    parser = argparse.ArgumentParser(
        prog="trprompt_worker",
        description="LoRA fine-tuning of the prompt model on (question, reward, prompt) triples.",
        epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("job", help="job file (JSON)")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end at once when standard input closes")
    arguments = parser.parse_args()

    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    if arguments.exit_with_stdin:
        exit_with_parent()
    progress = Progress(claim_stdout())
    # Threads that wait sleep instead of spinning: on cores shared with other processes spinning costs tenfold (measured).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # What cuBLAS needs to be deterministic.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Nothing is ever fetched: the base model is on disk.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        job = read_job(arguments.job)
        triples = read_triples(job.dataset)
        progress.emit("stage", stage="loading")
        from .train import train  # slow to import: job and data are checked before

        result = train(job, triples, progress, stopped.is_set, began)
    except BaseException as error:
        failure = classify(error)
        if failure.reason == "INTERNAL":
            traceback.print_exc(file=sys.stderr)
        progress.emit("failed", reason=failure.reason, message=failure.message, retryable=failure.retryable)
        return failure.exit_code
    progress.emit("succeeded", digest=result.digest, metrics=result.metrics)
    return 0


if __name__ == "__main__":
    sys.exit(main())
