"""Trains the network that tells open hands from fists, and writes its weights for `kinect_tracking::hands`.

    python training/hands.py DATA --out crates/kinect_tracking/src/hands/weights.bin

DATA is a folder that `kinect_training_data hands DATA` wrote. Every tenth shard is kept for measuring. The same data, seed and
number of threads give the same weights.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

SIZE = 32
NAMES = ["open", "neither", "closed"]
# The planes where nothing is.
FAR = torch.tensor([1.0, 0.0]).view(1, 2, 1, 1)


class Network(nn.Module):
    """Keep it like `crates/kinect_tracking/src/hands/network.rs`."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 16, 3, padding=1)
        self.second = nn.Conv2d(16, 32, 3, padding=1)
        self.third = nn.Conv2d(32, 48, 3, padding=1)
        self.hidden = nn.Linear(48 * (SIZE // 8) ** 2 + 2, 64)
        self.last = nn.Linear(64, 3)
        self.drop = nn.Dropout(0.2)

    def forward(self, planes, about):
        x = torch.max_pool2d(torch.relu(self.first(planes)), 2)
        x = torch.max_pool2d(torch.relu(self.second(x)), 2)
        x = torch.max_pool2d(torch.relu(self.third(x)), 2)
        x = torch.cat([self.drop(x.flatten(1)), about], 1)
        return self.last(self.drop(torch.relu(self.hidden(x))))


def load(folders):
    planes, about, labels = [], [], []
    for folder in folders:
        n = (folder / "labels.u8").stat().st_size
        if n == 0:
            continue
        planes.append(np.fromfile(folder / "planes.i16", np.int16).reshape(n, 2, SIZE, SIZE))
        about.append(np.fromfile(folder / "about.f32", np.float32).reshape(n, 2))
        labels.append(np.fromfile(folder / "labels.u8", np.uint8))
    join = lambda parts: torch.from_numpy(np.concatenate(parts))
    return join(planes), join(about), join(labels).long()


def varied(planes):
    """Turned by up to 14 degrees, larger or smaller by up to 8 %, shifted by up to 2 pixels, nearer or farther by up to 12 mm.

    Each pixel takes the value of the nearest pixel, as the views do; what comes from outside is far away."""
    planes = planes.float() / 1000
    n = len(planes)
    angle, size = (torch.rand(n) - 0.5) * 0.5, 1 + (torch.rand(n) - 0.5) * 0.16
    shift = (torch.rand(n, 2) - 0.5) * (8 / SIZE)
    cos, sin = angle.cos() * size, angle.sin() * size
    turn = torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)
    grid = nn.functional.affine_grid(turn, list(planes.shape), align_corners=False)
    inside = nn.functional.grid_sample(planes - FAR, grid, mode="nearest", align_corners=False)
    planes = inside + FAR
    off = (torch.rand(len(planes), 1, 1) - 0.5) * 0.2
    depth = planes[:, 0]
    inside = planes[:, 1] > 0.5
    planes[:, 0] = torch.where(inside, (depth + off).clamp(-1, 1), depth)
    return planes


def measure(network, data):
    planes, about, labels = data
    network.eval()
    with torch.no_grad():
        found = torch.cat(
            [network(p.float() / 1000, a) for p, a in zip(planes.split(1024), about.split(1024))]
        ).argmax(1)
    network.train()
    lines = []
    for label, name in enumerate(NAMES):
        of = found[labels == label]
        shares = [float((of == other).float().mean()) for other in range(3)]
        lines.append(f"{name} {len(of)}: " + " ".join(f"{n} {s:.3f}" for n, s in zip(NAMES, shares)))
    return "; ".join(lines)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("data", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--epochs", type=int, default=24)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--threads", type=int, default=1)
    options = options.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    folders = sorted(f for f in options.data.glob("hands-*") if not f.name.endswith(".half"))
    kept = folders[::10]
    planes, about, labels = load([f for f in folders if f not in kept])
    test = load(kept)
    print(f"{len(labels)} hands to learn from, {len(test[2])} to measure with")
    network = Network()
    optimizer = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-3)
    batch = 256
    steps = options.epochs * (len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps + 1)
    for epoch in range(options.epochs):
        total = 0.0
        for chosen in torch.randperm(len(labels))[: len(labels) // batch * batch].split(batch):
            logits = network(varied(planes[chosen]), about[chosen])
            loss = nn.functional.cross_entropy(logits, labels[chosen], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * batch / len(labels)
        print(f"epoch {epoch + 1}: loss {total:.4f}; {measure(network, test)}", flush=True)
    parts = [network.first, network.second, network.third, network.hidden, network.last]
    with open(options.out, "wb") as file:
        for part in parts:
            file.write(part.weight.detach().numpy().astype("<f4").tobytes())
            file.write(part.bias.detach().numpy().astype("<f4").tobytes())


if __name__ == "__main__":
    main()
