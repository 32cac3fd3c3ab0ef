"""A figure's grid of runs as a PyTorch script does it, for `bench figure`.

Every run is trained from its beginning, one after another, with all cores. `--style plain` is what the repositories of this
field have: torchvision transforms on PIL images in a DataLoader with two workers, fp32, contiguous tensors. `--style tuned`
is what an expert makes of it without changing that structure: bf16 autocast, channels-last, the images of a task transformed
once and kept as tensors on the device. With `--processes` the runs are dealt out to several processes of one thread each, as an
expert does who has many.

Both read the experiment file and the decoded dataset that the measured program reads, train the same network for the same
epochs on as many images of each class, keep the weights with the lowest validation loss, stop early, and measure the test
loss. The last line printed is a JSON object with the final test losses.
"""

import argparse
import contextlib
import copy
import json
import multiprocessing
import struct
import tomllib
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.transforms import v2

from network import resnet18

EVALUATION_BATCH = 500


def decoded(folder: Path):
    """Training images, training labels, test images, test labels, as uint8, of a dataset's decoded copy."""
    with open(folder / "decoded.bin", "rb") as file:
        if file.read(8) != b"decoded\0":
            raise SystemExit(f"{folder / 'decoded.bin'} is not a decoded dataset")
        header = json.loads(file.read(struct.unpack("<I", file.read(4))[0]))
        shape = (header["channels"], header["height"], header["width"])
        parts = []
        for split in ("train", "test"):
            count = header[split]["images"]
            images = numpy.frombuffer(file.read(count * int(numpy.prod(shape))), numpy.uint8).reshape(count, *shape)
            parts += [images, numpy.frombuffer(file.read(count), numpy.uint8)]
    return parts


def stratified(labels, count):
    """Indices of the first `count` images with as many of each class."""
    return numpy.sort(numpy.concatenate([numpy.flatnonzero(labels == c)[: count // 10] for c in range(10)]))


def chosen(settings, data: Path, dataset: str):
    """{part: (images, labels)} for train, validation and test, and the channels' mean and deviation."""
    images, labels, test_images, test_labels = decoded(data / dataset)
    mean = images.mean((0, 2, 3), dtype=numpy.float64) / 255
    std = numpy.array([images[:, c].std(dtype=numpy.float64) for c in range(images.shape[1])]) / 255
    taken = stratified(labels, settings["train_images"])
    held_out = stratified(labels[taken], round(len(taken) * settings["validation_fraction"]))
    trained = numpy.setdiff1d(numpy.arange(len(taken)), held_out)
    tested = stratified(test_labels, settings["test_images"])
    parts = {
        "train": (images[taken][trained], labels[taken][trained]),
        "validation": (images[taken][held_out], labels[taken][held_out]),
        "test": (test_images[tested], test_labels[tested]),
    }
    return parts, mean, std


class Pictures(Dataset):
    """What torchvision's datasets are: an array, turned into a PIL image and transformed at each access."""

    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images.transpose(0, 2, 3, 1), labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        pixels = self.images[index]
        picture = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0])
        return self.transform(picture), int(self.labels[index])


class Plain:
    """Batches from a DataLoader."""

    layout, precision = torch.contiguous_format, "fp32"

    def __init__(self, parts, mean, std, batch, device, workers):
        self.parts, self.batch, self.device, self.workers = parts, batch, device, workers
        self.normalise = [transforms.ToTensor(), transforms.Normalize(mean.tolist(), std.tolist())]

    def loader(self, part, blur):
        images, labels = self.parts[part]
        size = images.shape[2]
        resize = [transforms.Resize(max(1, int(size * blur + 0.5))), transforms.Resize(size)] if blur != 1 else []
        pictures = Pictures(images, labels, transforms.Compose(resize + self.normalise))
        batch = self.batch if part == "train" else EVALUATION_BATCH
        pin = self.device.type == "cuda"
        return DataLoader(pictures, batch, shuffle=part == "train", num_workers=self.workers, pin_memory=pin)

    def batches(self, loader):
        for images, labels in loader:
            yield images.to(self.device), labels.to(self.device)


class Tuned:
    """Batches gathered from tensors on the device."""

    layout, precision = torch.channels_last, "bf16"

    def __init__(self, parts, mean, std, batch, device, workers):
        self.parts, self.batch, self.device = parts, batch, device
        self.mean, self.std = ([torch.tensor(v, dtype=torch.float32).view(-1, 1, 1) for v in (mean, std)])
        self.prepared = {}

    def loader(self, part, blur):
        if (part, blur) not in self.prepared:
            images, labels = self.parts[part]
            images = torch.from_numpy(images.copy()).float() / 255
            if blur != 1:
                size = images.shape[2]
                images = v2.functional.resize(images, [max(1, int(size * blur + 0.5))], antialias=True)
                images = v2.functional.resize(images, [size], antialias=True)
            images = ((images - self.mean) / self.std).to(self.device, memory_format=self.layout)
            self.prepared[part, blur] = images, torch.from_numpy(labels.astype(numpy.int64)).to(self.device)
        return part, *self.prepared[part, blur]

    def batches(self, loader):
        part, images, labels = loader
        if part == "train":
            order = torch.randperm(len(labels), device=self.device)
            for indices in order.split(self.batch):
                yield images[indices], labels[indices]
        else:
            yield from zip(images.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH))


class Run:
    """One path of tasks from one seed."""

    def __init__(self, style, settings, channels, device, seed):
        torch.manual_seed(seed)
        self.style, self.settings, self.device = style, settings, device
        self.model = resnet18(settings["width"], channels, settings["stem"]).to(device).to(memory_format=style.layout)
        self.loss = nn.CrossEntropyLoss()

    def autocast(self):
        bf16 = self.style.precision == "bf16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if bf16 else contextlib.nullcontext()

    @torch.no_grad()
    def evaluate(self, loader):
        self.model.eval()
        total, count = 0.0, 0
        for images, labels in self.style.batches(loader):
            with self.autocast():
                total += self.loss(self.model(images), labels).item() * len(labels)
            count += len(labels)
        return total / count

    def learn(self, step):
        blur, settings = step.get("blur", 1), self.settings
        if "bias_reset" in step:
            with torch.no_grad():
                for name, parameter in self.model.named_parameters():
                    if name.endswith(".bias"):
                        parameter += step["bias_reset"]
        train, validation = self.style.loader("train", blur), self.style.loader("validation", blur)
        lr = settings["lr"] * step.get("lr_factor", 1)
        optimiser = torch.optim.SGD(
            self.model.parameters(), lr, settings["momentum"], weight_decay=settings["weight_decay"]
        )
        best_loss, best_epoch, best = float("inf"), 0, None
        for epoch in range(settings["max_epochs"]):
            self.model.train()
            running = 0.0
            for images, labels in self.style.batches(train):
                optimiser.zero_grad()
                with self.autocast():
                    loss = self.loss(self.model(images), labels)
                loss.backward()
                optimiser.step()
                running += loss.item() * len(labels)
            loss = self.evaluate(validation)
            if loss < best_loss:
                best_loss, best_epoch, best = loss, epoch, copy.deepcopy(self.model.state_dict())
            elif epoch - best_epoch >= settings["patience"]:
                break
        self.model.load_state_dict(best)
        return self.evaluate(self.style.loader("test", 1))


def losses_of(arguments, number):
    """The final test losses of every run that is process `number`'s."""
    torch.set_float32_matmul_precision("high")
    if arguments.processes > 1:
        torch.set_num_threads(1)
    device = torch.device(arguments.device)
    experiment = tomllib.loads(arguments.experiment.read_text())
    settings = experiment["settings"] | {k: json.loads(v) for k, v in (text.split("=") for text in arguments.set)}
    style_of = {"plain": Plain, "tuned": Tuned}[arguments.style]
    losses, runs = {}, 0
    for dataset in settings["datasets"]:
        parts, mean, std = chosen(settings, arguments.data, dataset)
        style = style_of(parts, mean, std, settings["batch_size"], device, arguments.workers)
        style.precision = arguments.precision or style.precision
        channels = parts["train"][0].shape[1]
        grid = [("baseline", [{}], settings["baseline_seeds"])]
        grid += [(str(c["label"]), c["path"], settings["seeds"]) for c in experiment["conditions"]]
        for place, (label, path, seeds) in enumerate(grid):
            for seed in range(seeds):
                runs += 1
                if runs % arguments.processes == number:
                    run = Run(style, settings, channels, device, seed)
                    for step in path:
                        loss = run.learn(step)
                    losses[f"{dataset} {place} {label} seed {seed}"] = loss
    return losses


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiment", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--style", choices=("plain", "tuned"), required=True)
    parser.add_argument("--precision", choices=("fp32", "bf16"), help="instead of the style's")
    parser.add_argument("--processes", type=int, default=1, help="at a time, each with one thread where there are several")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=2, help="of the DataLoader; PyTorch's tutorials have two")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=NUMBER", help="change a setting")
    arguments = parser.parse_args()

    if arguments.processes == 1:
        losses = losses_of(arguments, 0)
    else:
        # A forked process has PyTorch loaded already, but cannot use a GPU.
        context = multiprocessing.get_context("spawn" if arguments.device.startswith("cuda") else "fork")
        with context.Pool(arguments.processes) as pool:
            parts = pool.starmap(losses_of, [(arguments, number) for number in range(arguments.processes)], chunksize=1)
        losses = {name: loss for part in parts for name, loss in part.items()}
    print(json.dumps({"test_losses": losses}))


if __name__ == "__main__":
    main()
