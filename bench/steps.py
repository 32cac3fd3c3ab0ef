"""Training steps in PyTorch, for `bench steps`: one JSON object a line in, one a line out.

The process stays up between requests, so that neither its start nor compilation is timed. It computes only while a request
is open, and waits on its input otherwise. Whoever asks takes the time, as several such processes may work at once.

    {"do": "hello"}                                → {"torch": "2.11.0", "threads": 2}
    {"do": "prepare", "width": 8, "stem": "3x3", "batch": 128, "precision": "bf16",
     "layout": "channels-last", "compile": true, "device": "cpu", "warm_up": 3}
                                                   → {"seconds_a_step": 0.05}
    {"do": "measure", "steps": 20}                 → {}

What fails is answered with {"error": "…"}.
"""

import contextlib
import json
import os
import sys
import time

import torch
from torch import nn

from network import resnet18


class Steps:
    """A network, its optimiser and one fixed batch."""

    def __init__(self, width, stem, batch, precision, layout, compile, device):
        torch.manual_seed(0)
        self.device = torch.device(device)
        layout = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}[layout]
        model = resnet18(width, 3, stem).to(self.device).to(memory_format=layout).train()
        self.optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-3)
        self.model = torch.compile(model) if compile else model
        self.loss = nn.CrossEntropyLoss()
        self.images = torch.randn(batch, 3, 32, 32).to(self.device).to(memory_format=layout)
        self.labels = torch.randint(0, 10, (batch,)).to(self.device)
        self.bf16 = {"fp32": False, "tf32": False, "bf16": True}[precision]
        # What is left in fp32 beside bf16 takes TF32 on a GPU, as most people set it.
        self.tf32 = precision != "fp32"

    def step(self):
        autocast = torch.autocast(self.device.type, dtype=torch.bfloat16) if self.bf16 else contextlib.nullcontext()
        self.optimiser.zero_grad()
        with autocast:
            loss = self.loss(self.model(self.images), self.labels)
        loss.backward()
        self.optimiser.step()

    def seconds(self, steps):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = self.tf32
        began = time.perf_counter()
        for _ in range(steps):
            self.step()
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter() - began


def answer(request, prepared):
    match request.pop("do"):
        case "hello":
            return {"torch": torch.__version__, "threads": torch.get_num_threads()}
        case "prepare":
            warm_up = request.pop("warm_up")
            prepared[:] = [Steps(**request)]
            prepared[0].seconds(warm_up)
            return {"seconds_a_step": prepared[0].seconds(1)}
        case "measure":
            prepared[0].seconds(request["steps"])
            return {}
        case other:
            raise ValueError(f"unknown request {other!r}")


def main():
    # Answers have a channel of their own: whatever libraries print goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    prepared = []
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), prepared)
        except Exception as error:  # Whatever it is, the measuring program reports it and goes on without this peer.
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answers, flush=True)


main()
