import copy

import pytest
import torch
from tiny_model import tiny_model
from trprompt_worker.data import Sample, collate
from trprompt_worker.lora import use_fused_products
from trprompt_worker.loss import completion_loss
from trprompt_worker.model import attach_adapter, pick_attention


def gradients(model, batch):
    model.zero_grad()
    loss = completion_loss(model, batch)
    loss.backward()
    return loss.item(), {name: value.grad.clone() for name, value in model.named_parameters() if value.requires_grad}


@pytest.mark.parametrize("checkpointing", [False, True])
def test_fused_products_give_the_loss_and_gradients_of_peft(make_job, checkpointing):
    plain = attach_adapter(tiny_model(), make_job(gradientCheckpointing=checkpointing))
    for name, value in plain.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(value, std=0.1)
    fused = copy.deepcopy(plain)
    assert use_fused_products(fused) == 2 * 7
    batch = collate([Sample(tuple(range(1, 30)), 7), Sample(tuple(range(40, 52)), 5)], torch.device("cpu"))
    (one, by_peft), (other, by_us) = gradients(plain, batch), gradients(fused, batch)
    assert other == pytest.approx(one, rel=1e-6)
    for name, gradient in by_peft.items():
        torch.testing.assert_close(by_us[name], gradient, rtol=1e-4, atol=1e-5)


def test_the_derivative_is_that_of_finite_differences():
    from trprompt_worker.lora import LoraProduct

    torch.manual_seed(0)
    sizes = ((2, 3, 5), (4, 5), (2, 5), (4, 2))
    x, weight, a, b = (torch.randn(size, dtype=torch.double) for size in sizes)

    # The adapter's gradients are fp32 by design: compare in that precision.
    for value in (x, a, b):
        value.requires_grad_(True)
    LoraProduct.apply(x, weight, a, b, 0.7).sin().sum().backward()
    for value in (x, a, b):
        at, step = (0,) * value.dim(), 1e-6
        with torch.no_grad():
            ends = []
            for sign in (1, -1):
                value[at] += sign * step
                ends.append(LoraProduct.apply(x, weight, a, b, 0.7).sin().sum().item())
                value[at] -= sign * step
        assert value.grad[at].item() == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4)


def test_dropout_keeps_the_layers_of_peft(make_job):
    assert use_fused_products(attach_adapter(tiny_model(), make_job(dropout=0.1))) == 0


def test_long_sequences_take_attention_that_needs_little_memory():
    cpu = torch.device("cpu")
    assert pick_attention("bf16", cpu, 512) == "eager"
    assert pick_attention("bf16", cpu, 513) == "sdpa"
    assert pick_attention("fp32", cpu, 10) == "sdpa"
