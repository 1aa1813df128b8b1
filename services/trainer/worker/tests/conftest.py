import quiet  # noqa: F401  (first)
import io
import json
from pathlib import Path
from typing import Callable

import pytest
import torch
from tiny_model import write_tiny_model
from trprompt_worker.job import Hyperparameters, Job

PROMPTS = ("Reply with the number only.", "Give just the number.", "Think, then give the number.")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """Folder of the tiny model: hf/ and tiny.gguf."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(str(folder))
    return folder


@pytest.fixture
def make_job(tiny: Path, tmp_path: Path) -> Callable[..., Job]:
    """Jobs on 24 triples of different lengths; keyword arguments are hyperparameters."""

    def make(output: str = "adapter", **settings) -> Job:
        data = tmp_path / "data.jsonl"
        if not data.exists():
            triples = [
                {"question": f"What is {at} + {at * 7}?" + " Please." * (at % 4), "reward": "Asked well.", "prompt": PROMPTS[at % 3]}
                for at in range(24)
            ]
            data.write_text("".join(json.dumps(triple) + "\n" for triple in triples))
        initial = settings.pop("initialAdapter", None)
        settings = {"rank": 4, "alpha": 8.0, "learningRate": 1e-2, "epochs": 2, "batchSize": 4, "precision": "fp32", **settings}
        return Job(
            dataset=str(data),
            baseModel=str(tiny / "hf"),
            baseModelName="tiny",
            output=str(tmp_path / output),
            work=str(tmp_path / "work"),
            system="",
            user="Reward: {{reward}}\nQuestion: {{question}}\n",
            initialAdapter=initial,
            threads=1,
            hyperparameters=Hyperparameters(**settings),
        )

    return make


@pytest.fixture
def run():
    """Runs a job in this process: (result, lines of progress)."""
    from trprompt_worker.progress import Progress
    from trprompt_worker.train import train
    from trprompt_worker.triples import read_triples

    def run_job(job: Job, stop_after: int = 10**9):
        stream = io.StringIO()
        steps = iter(range(1, 10**9))
        result = train(job, read_triples(job.dataset), Progress(stream), lambda: next(steps) >= stop_after, 0.0)
        return result, [json.loads(line) for line in stream.getvalue().splitlines()]

    return run_job
