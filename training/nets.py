"""The two networks: a finder for the whole image and a poser for one person. Dense 3x3 convolutions, which CPUs run best."""

import torch
import torch.nn.functional as F
from torch import nn

JOINTS = 32
POSER_CHANNELS = 2
FINDER_CHANNELS = 2
MASK, PELVIS, OFFSET, DISTANCE = 0, 1, slice(2, 4), 4
FINDER_MAPS = 5


def convolution(inputs, outputs, stride=1, kernel=3):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


def make(name, widths=None):
    """A network by its name: "poser" or "finder"."""
    return {"poser": Poser, "finder": Finder}[name](*([tuple(widths)] if widths else []))


def twice(x):
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class Poser(nn.Module):
    """A crop of 128x128 pixels (depth beyond the middle, measured or not) -> for every joint a heatmap and a map of depths
    at 32x32, a map of the person, for every joint whether it is seen, and whether there is a person at all."""

    def __init__(self, widths=(24, 32, 64, 96, 160)):
        super().__init__()
        a, b, c, d, e = widths
        self.widths = tuple(widths)
        self.stem = nn.Sequential(convolution(POSER_CHANNELS, a, 2), convolution(a, b))
        self.quarter = nn.Sequential(convolution(b, c, 2), Residual(c))
        self.eighth = nn.Sequential(convolution(c, d, 2), Residual(d), Residual(d))
        self.sixteenth = nn.Sequential(convolution(d, e, 2), Residual(e), Residual(e))
        self.up_eighth, self.at_eighth = convolution(e, d, kernel=1), convolution(d, d)
        self.up_quarter, self.at_quarter = convolution(d, c, kernel=1), Residual(c)
        self.maps = nn.Conv2d(c, 2 * JOINTS + 1, 1)
        self.whole = nn.Linear(e, JOINTS + 1)

    def forward(self, x):
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        y = self.at_eighth(eighth + twice(self.up_eighth(sixteenth)))
        y = self.at_quarter(quarter + twice(self.up_quarter(y)))
        maps = self.maps(y)
        whole = self.whole(sixteenth.mean((2, 3)))
        return (
            maps[:, :JOINTS],
            maps[:, JOINTS : 2 * JOINTS],
            maps[:, 2 * JOINTS :],
            whole[:, :JOINTS],
            whole[:, JOINTS:],
        )


class Finder(nn.Module):
    """An overview (distance, measured or not) -> at a quarter of its size: people, the middle of each pelvis, the way to it,
    and its distance."""

    def __init__(self, widths=(16, 24, 48, 96)):
        super().__init__()
        a, b, c, d = widths
        self.widths = tuple(widths)
        self.stem = nn.Sequential(convolution(FINDER_CHANNELS, a, 2), convolution(a, b, 2), Residual(b))
        self.eighth = nn.Sequential(convolution(b, c, 2), Residual(c))
        self.sixteenth = nn.Sequential(convolution(c, d, 2), Residual(d), Residual(d))
        self.up_eighth, self.at_eighth = convolution(d, c, kernel=1), Residual(c)
        self.up_quarter, self.at_quarter = convolution(c, b, kernel=1), Residual(b)
        self.maps = nn.Conv2d(b, FINDER_MAPS, 1)

    def forward(self, x):
        quarter = self.stem(x)
        eighth = self.eighth(quarter)
        y = self.at_eighth(eighth + self.fit(self.up_eighth(self.sixteenth(eighth)), eighth))
        y = self.at_quarter(quarter + self.fit(self.up_quarter(y), quarter))
        return self.maps(y)

    @staticmethod
    def fit(x, like):
        # Sizes that do not divide evenly are one row or column too large.
        return twice(x)[:, :, : like.shape[2], : like.shape[3]]


def expected(heatmaps, depths):
    """The places that heatmaps stand for: u and v in 0..1 and metres beyond the middle; and the heatmaps as shares."""
    n, joints, rows, columns = heatmaps.shape
    shares = F.softmax(heatmaps.reshape(n, joints, -1), -1).reshape(heatmaps.shape)
    x = (torch.arange(columns, device=heatmaps.device) + 0.5) / columns
    y = (torch.arange(rows, device=heatmaps.device) + 0.5) / rows
    u = (shares.sum(2) * x).sum(-1)
    v = (shares.sum(3) * y).sum(-1)
    return torch.stack([u, v, (shares * depths).sum((2, 3))], -1), shares


def peaked(heatmaps, depths, around=3):
    """Likewise, from the cells around the highest one alone: a second, lower peak does not pull the place away."""
    n, joints, rows, columns = heatmaps.shape
    best = heatmaps.reshape(n, joints, -1).argmax(-1)
    row, column = best // columns, best % columns
    near_row = (torch.arange(rows, device=heatmaps.device) - row[..., None]).abs() <= around
    near_column = (torch.arange(columns, device=heatmaps.device) - column[..., None]).abs() <= around
    near = near_row[..., :, None] & near_column[..., None, :]
    return expected(heatmaps.masked_fill(~near, float("-inf")), depths)
