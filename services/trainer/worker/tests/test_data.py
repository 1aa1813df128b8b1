import json
from pathlib import Path

import pytest
import torch
from tiny_model import tiny_tokenizer
from trprompt_worker.data import IGNORE, Sample, collate, encode_all, make_batches, make_encoder
from trprompt_worker.errors import TrainingError
from trprompt_worker.template import prompt_model_messages, render_template
from trprompt_worker.triples import Triple, read_triples

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
GOOD = '{"question":"q","reward":"r","prompt":"p"}'


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_messages_are_those_that_serving_sends(case):
    template = case["template"]
    assert prompt_model_messages(template["system"], template["user"], case["question"], case["reward"]) == case["messages"]


def test_a_template_with_a_placeholder_of_another_name_is_refused():
    with pytest.raises(TrainingError, match="see answer"):
        render_template("{{question}} {{reward}} {{answer}}", {"question": "q", "reward": "r"})


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 2: no JSON"),
        ("[]", "line 2: no JSON object"),
        ('{"question":"q","prompt":"p"}', "line 2: has no reward"),
        ('{"question":"q","reward":3,"prompt":"p"}', "line 2: reward is int: give a text"),
        ('{"question":"q","reward":"r","prompt":"  "}', "line 2: prompt is empty"),
    ],
)
def test_a_bad_line_is_told_by_its_number(tmp_path, line, problem):
    path = tmp_path / "data.jsonl"
    path.write_text(f"{GOOD}\n{line}\n{GOOD}\n")
    with pytest.raises(TrainingError) as caught:
        read_triples(str(path))
    assert caught.value.reason == "BAD_DATA"
    assert caught.value.message.startswith(problem)


def test_many_bad_lines_are_counted(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text("{}\n" * 8)
    with pytest.raises(TrainingError, match=r"line 1: .*line 5: has no question; and 3 more$"):
        read_triples(str(path))


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\n"])
def test_an_empty_or_undecodable_data_set_is_refused(tmp_path, content):
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingError) as caught:
        read_triples(str(path))
    assert caught.value.exit_code == 65


def test_only_the_prompt_and_the_end_of_its_turn_are_scored(make_job):
    tokenizer = tiny_tokenizer()
    sample = make_encoder(tokenizer, make_job())(Triple(1, "What?", "Good.", "Say it."))
    assert tokenizer.decode(sample.tokens[-sample.scored :]) == "Say it.<|im_end|>"
    assert tokenizer.decode(sample.tokens[: -sample.scored]).endswith("Question: What?\n<|im_end|>\n<|im_start|>assistant\n")
    batch = collate([sample, Sample((1, 2, 3), 1)], torch.device("cpu"))
    assert (batch.labels[0] != IGNORE).sum() == sample.scored
    assert batch.labels[1].tolist()[:4] == [IGNORE, IGNORE, 3, IGNORE]
    assert (batch.tokens, batch.scored) == (len(sample.tokens) + 3, sample.scored + 1)


def test_a_sequence_that_is_too_long_is_an_error_or_a_counted_skip_and_never_cut(make_job):
    triples = [Triple(1, "q", "r", "p"), Triple(2, "q" * 200, "r", "p")]
    encode = make_encoder(tiny_tokenizer(), make_job())
    with pytest.raises(TrainingError, match="line 2: .* tokens, maxLength is 128") as caught:
        encode_all(triples, encode, make_job(maxLength=128))
    assert (caught.value.reason, caught.value.exit_code) == ("TOO_LONG", 65)
    samples, skipped = encode_all(triples, encode, make_job(maxLength=128, tooLong="skip"))
    assert (len(samples), skipped) == (1, 1)
    with pytest.raises(TrainingError, match="all 2 triples are longer"):
        encode_all(triples, encode, make_job(maxLength=16, tooLong="skip"))


def test_batches_hold_every_sample_once_and_little_padding():
    samples = [Sample(tuple(range(10 + at % 50)), 1) for at in range(200)]
    batches = make_batches(samples, 8, seed=1, epoch=0)
    assert sorted(len(each.tokens) for batch in batches for each in batch) == sorted(len(each.tokens) for each in samples)
    padded = sum(max(len(each.tokens) for each in batch) * len(batch) for batch in batches)
    assert padded / sum(len(each.tokens) for each in samples) < 1.1


def test_the_order_depends_on_seed_and_epoch_alone():
    samples = [Sample((at,), 1) for at in range(40)]
    assert make_batches(samples, 4, 1, 0) == make_batches(samples, 4, 1, 0)
    assert make_batches(samples, 4, 1, 0) != make_batches(samples, 4, 1, 1)
    assert make_batches(samples, 4, 1, 0) != make_batches(samples, 4, 2, 0)
