"""Training steps in PyTorch, for `bench steps`: one JSON object a line in, one a line out.

The process stays up between requests, so that neither its start nor compilation is timed. It computes only while a request
is open, and waits on its input otherwise. Whoever asks takes the time, as several such processes may work at once.

    {"do": "hello"}                                → {"torch": "2.11.0", "threads": 2}
    {"do": "prepare", "width": 8, "stem": "3x3", "batch": 128, "precision": "bf16",
     "layout": "channels-last", "how": "compiled", "device": "cpu", "warm_up": 3}
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

    def __init__(self, width, stem, batch, precision, layout, how, device):
        torch.manual_seed(0)
        self.device = torch.device(device)
        on_gpu = self.device.type == "cuda"
        layout = {"contiguous": torch.contiguous_format, "channels-last": torch.channels_last}[layout]
        model = resnet18(width, 3, stem).to(self.device).to(memory_format=layout).train()
        # Whoever captures steps by hand takes the fused optimiser, too.
        self.by_hand = how == "captured"
        fused = True if self.by_hand else None
        self.optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-3, fused=fused)
        mode = "max-autotune" if on_gpu else None
        self.model = torch.compile(model, mode=mode) if how == "compiled" else model
        self.loss = nn.CrossEntropyLoss()
        self.images = torch.randn(batch, 3, 32, 32).to(self.device).to(memory_format=layout)
        self.labels = torch.randint(0, 10, (batch,)).to(self.device)
        self.bf16 = {"fp32": False, "tf32": False, "bf16": True}[precision]
        # What is left in fp32 beside bf16 takes TF32 on a GPU, as most people set it.
        self.tf32 = precision != "fp32"
        self.captured = self.capture() if self.by_hand else None

    def set_arithmetic(self):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = self.tf32

    def step(self):
        # A graph must not use casts that a cache kept from before it.
        cast = {"dtype": torch.bfloat16, "cache_enabled": not self.by_hand}
        autocast = torch.autocast(self.device.type, **cast) if self.bf16 else contextlib.nullcontext()
        self.optimiser.zero_grad()
        with autocast:
            loss = self.loss(self.model(self.images), self.labels)
        loss.backward()
        self.optimiser.step()

    def capture(self):
        """The whole step as a CUDA graph, as PyTorch's documentation does it."""
        self.set_arithmetic()
        side = torch.cuda.Stream(self.device)
        side.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream(self.device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.step()
        return graph

    def seconds(self, steps):
        self.set_arithmetic()
        take = self.captured.replay if self.captured else self.step
        began = time.perf_counter()
        for _ in range(steps):
            take()
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
            reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(reply), file=answers, flush=True)


main()
