"""The worker as a program: exit codes, and output that is complete or not there."""

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from trprompt_worker.errors import classify
from trprompt_worker.save import write_tree

WORKER = Path(__file__).parents[1]


def run_worker(job, *arguments, stdin=subprocess.DEVNULL):
    path = Path(job.output).parent / "job.json"
    path.write_text(json.dumps(asdict(job)))
    command = [sys.executable, "-m", "trprompt_worker", str(path), *arguments]
    done = subprocess.run(command, cwd=WORKER, stdin=stdin, capture_output=True, text=True, timeout=120)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_bad_data_ends_with_65_and_the_line_number(make_job):
    job = make_job()
    Path(job.dataset).write_text('{"question": "q"}\n')
    code, lines, _ = run_worker(job)
    assert code == 65
    assert lines == [{"event": "failed", "reason": "BAD_DATA", "message": "line 1: has no reward", "retryable": False}]


def test_a_job_out_of_range_ends_with_78_and_names_the_field(make_job):
    code, lines, _ = run_worker(make_job(rank=0))
    assert code == 78
    assert lines[-1]["message"] == "hyperparameters.rank is 0: give 1 to 256"


def test_a_training_that_diverges_ends_with_70_and_leaves_nothing(make_job):
    job = make_job(learningRate=1e30)
    code, lines, _ = run_worker(job)
    assert code == 70
    assert lines[-1]["reason"] == "NAN"
    assert not Path(job.output).exists()


def test_a_base_model_that_is_none_ends_with_66(make_job, tmp_path):
    torn = tmp_path / "torn.gguf"
    torn.write_bytes(b"GGUF but not really")
    code, lines, _ = run_worker(replace(make_job(), baseModel=str(torn)))
    assert code == 66
    assert lines[-1]["reason"] == "BASE_MODEL"


def test_it_ends_when_its_parent_has(make_job):
    code, lines, _ = run_worker(make_job(epochs=100), "--exit-with-stdin")
    assert code == 143
    assert all(line["event"] != "succeeded" for line in lines)


def test_help_tells_the_exit_codes():
    done = subprocess.run([sys.executable, "-m", "trprompt_worker", "--help"], cwd=WORKER, capture_output=True, text=True)
    assert done.returncode == 0 and "Exit codes" in done.stdout


def test_a_tree_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "tree"

    def fails(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError) as caught:
        write_tree(target, fails, {})
    assert list(tmp_path.iterdir()) == []
    assert (classify(caught.value).reason, classify(caught.value).exit_code) == ("OUT_OF_DISK", 74)


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")],
)
def test_running_out_of_memory_is_told_as_that(error):
    failure = classify(error)
    assert (failure.reason, failure.exit_code) == ("OUT_OF_MEMORY", 71)
    assert "batchSize" in failure.message


def test_an_allocation_that_torch_cannot_make_is_recognised():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert classify(caught.value).reason == "OUT_OF_MEMORY"
