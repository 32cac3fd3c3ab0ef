"""Where the processor time of a training goes, by size of the network: a table in markdown.

    python3 bench/where_time_goes.py 16:7x7 16:3x3 8:3x3 64:7x7 > reports/bench/profile.md

Takes samples of `experiment` while it trains two stages side by side on CIFAR-10 (`perf record -e cpu-clock`, so it needs
Linux's perf and the programs, `cargo build --release --workspace`), and sorts them by the names of functions. The share that
prepares images at the start is left out, as it is small in a longer training.
"""

import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EXPERIMENT = """
name = "profile"
title = "Profile"
[settings]
datasets = ["cifar10"]
seeds = 2
baseline_seeds = 2
train_images = {images}
validation_fraction = 0.1
width = {width}
stem = "{stem}"
batch_size = 64
max_epochs = {epochs}
patience = {epochs}
[baseline]
label = "baseline"
path = [{{}}]
[[conditions]]
label = "the same"
path = [{{}}]
"""

# The first that matches counts.
GROUPS = [
    ("convolution, ours", r"convolution::|Convolution|anonymous namespace\)::(forward|input_gradient|weight_gradient)$"),
    ("convolution, oneDNN's", r"dnnl|mkldnn|oneapi|^0x0000|\[unknown\]|im2col|jit_"),
    ("normalisation and ReLU", r"rows::|batch_norm|BatchNorm"),
    ("optimiser", r"fused_sgd|fused_step|sdot"),
    ("pooling", r"pool|windows::"),
    ("matrix products", r"mkl_blas"),
    ("copies and sums of libtorch's", r"at::native|at::internal|TensorIterator|memmove|memset|memcpy"),
    ("dispatch and allocation", r"residual_block|c10::|at::_ops|at::|torch::|_mi_|^mi_|malloc|free|operator (new|delete)|_tls_|mutex|std::"),
    ("kernel", r"^\[k\]"),
]
SETUP = r"sha256|sha2::|datasets::|upsample|upsa|inflate|miniz|read_exactly|copy_to_iter|clear_page"


def shares(width, stem):
    epochs, images = (6, 20000) if stem == "7x7" and width < 64 else (2, 4000)
    programs = Path(__file__).resolve().parent.parent / "target" / "release"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text = EXPERIMENT.format(width=width, stem=stem, images=images, epochs=epochs)
        (folder / "profile.toml").write_text(text)
        command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-o", folder / "samples"]
        command += [programs / "experiment", folder / "profile.toml", "--jobs", "2", "--quiet", "--device", "cpu"]
        command += ["--store", folder / "runs", "--out", folder]
        subprocess.run(command, check=True, stdout=sys.stderr)
        report = ["perf", "report", "-q", "-i", folder / "samples", "--no-children", "--stdio", "--sort", "symbol"]
        lines = subprocess.run(report, check=True, capture_output=True, text=True).stdout.splitlines()
    found = collections.Counter()
    for line in lines:
        match = re.match(r"\s*([\d.]+)%\s+(\[.\]) (.*)", line)
        if match and not re.search(SETUP, match[3]):
            symbol = f"[k] {match[3]}" if match[2] == "[k]" else match[3].strip()
            found[next((name for name, pattern in GROUPS if re.search(pattern, symbol)), "rest")] += float(match[1])
    total = sum(found.values())
    return {name: share / total for name, share in found.items()}


def main():
    sizes = [argument.split(":") for argument in sys.argv[1:]] or [("16", "7x7")]
    columns = [shares(int(width), stem) for width, stem in sizes]
    print("| share of the time | " + " | ".join(f"width {width}, {stem}" for width, stem in sizes) + " |")
    print("| --- |" + " ---: |" * len(sizes))
    for name in [name for name, _ in GROUPS] + ["rest"]:
        cells = [f"{100 * column.get(name, 0):.1f} %" for column in columns]
        print(f"| {name} | " + " | ".join(cells) + " |")


main()
