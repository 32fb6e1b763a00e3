"""Shards of examples as the networks see them. `kinect_training_data generate` writes them; README.md names the files."""

import json
from pathlib import Path

import numpy as np

MISSING = np.iinfo(np.int16).min
# Left and right exchanged, in the vendor's order of joints.
MIRRORED = np.array(
    [0, 1, 2, 3, 11, 12, 13, 14, 15, 16, 17, 4, 5, 6, 7, 8, 9, 10]
    + [22, 23, 24, 25, 18, 19, 20, 21, 26, 27, 30, 31, 28, 29]
)
NO_VIEW, OUTSIDE, HIDDEN, SEEN = 0, 1, 2, 3
# Numbers about a crop.
DISTANCE, SIDE, IS_PERSON, KIND, HEIGHT, TILT, SEEN_SHARE = 0, 1, 11, 12, 13, 14, 15


class Shard:
    def __init__(self, folder):
        self.folder = Path(folder)
        about = json.loads((self.folder / "contents.json").read_text())
        n, size, m = about["crops"], about["crop_size"], about["overviews"]
        columns, rows = about["overview_columns"], about["overview_rows"]
        self.count, self.overview_count, self.overview_size = n, m, (rows, columns)
        self.crops = self.array("crops.i16", np.int16, (n, size, size))
        self.masks = self.array("masks.u8", np.uint8, (n, size // 2, size // 2))
        self.joints = self.array("joints.f32", np.float32, (n, 32, 4))
        self.about = self.array("about.f32", np.float32, (n, about["numbers_about_crop"]))
        self.overviews = self.array("overviews.u16", np.uint16, (m, rows, columns))
        self.labels = self.array("labels.u8", np.uint8, (m, rows // 2, columns // 2))
        self.pelvises = self.array("pelvises.f32", np.float32, (m, about["people_in_overview"], 4))

    def array(self, name, kind, shape):
        if 0 in shape:
            return np.zeros(shape, kind)
        return np.memmap(self.folder / name, kind, "r", shape=shape)


def shards(folders):
    """All whole shards in some folders, by name."""
    found = [p for folder in folders for p in sorted(Path(folder).glob("shard-*")) if p.suffix != ".half"]
    if not found:
        raise SystemExit(f"no shards in {', '.join(map(str, folders))}: run kinect_training_data generate first")
    return [Shard(p) for p in found]


def poser_input(crops):
    """Depths beyond the middle in mm -> what the poser takes. The tracker does the same."""
    valid = crops != MISSING
    beyond = np.clip(crops.astype(np.float32) / 1100.0, -1.2, 1.2) * valid
    return np.stack([beyond, valid.astype(np.float32)], 1)


def finder_input(overviews):
    """Distances in mm -> what the finder takes. The tracker does the same."""
    valid = overviews > 0
    far = np.clip(overviews.astype(np.float32) / 4000.0, 0.0, 2.0) - 0.7
    return np.stack([far * valid, valid.astype(np.float32)], 1)


def turn(k, crops, masks, places, angle):
    """Turns a crop about the middle: the view of a camera that is rolled. What comes in from outside is not measured."""
    cos, sin = np.cos(angle), np.sin(angle)

    def turned(image, outside):
        size = image.shape[0]
        along = np.arange(size) - (size - 1) / 2
        column = np.rint(cos * along + sin * along[:, None] + (size - 1) / 2).astype(np.int32)
        row = np.rint(cos * along[:, None] - sin * along + (size - 1) / 2).astype(np.int32)
        inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
        found = image[np.clip(row, 0, size - 1), np.clip(column, 0, size - 1)]
        return np.where(inside, found, outside)

    crops[k], masks[k] = turned(crops[k], MISSING), turned(masks[k], 0)
    u, v = places[k, :, 0] - 0.5, places[k, :, 1] - 0.5
    places[k, :, 0], places[k, :, 1] = cos * u - sin * v + 0.5, sin * u + cos * v + 0.5


class Crops:
    """Examples for the poser."""

    def __init__(self, shards):
        self.shards = [s for s in shards if s.count]
        self.index = [(s, i) for s in range(len(self.shards)) for i in range(self.shards[s].count)]

    def __len__(self):
        return len(self.index)

    def batch(self, which, rng=None):
        """Crops, joints (u, v, metres beyond), confidences, masks and numbers about them; changed at random with `rng`."""
        pick = [self.index[i] for i in which]
        crops = np.stack([self.shards[s].crops[i] for s, i in pick])
        masks = np.stack([self.shards[s].masks[i] for s, i in pick])
        joints = np.stack([self.shards[s].joints[i] for s, i in pick]).astype(np.float32)
        about = np.stack([self.shards[s].about[i] for s, i in pick])
        places, confidence = joints[..., :3].copy(), joints[..., 3].copy()
        places[..., 2] /= 1000.0
        if rng is not None:
            for k in range(len(pick)):
                self.change(k, crops, masks, places, confidence, rng)
        return poser_input(crops), places, confidence, masks, about

    @staticmethod
    def change(k, crops, masks, places, confidence, rng):
        size = crops.shape[-1]
        if rng.random() < 0.5:
            crops[k], masks[k] = crops[k, :, ::-1].copy(), masks[k, :, ::-1].copy()
            places[k, :, 0] = 1.0 - places[k, :, 0]
            places[k], confidence[k] = places[k, MIRRORED], confidence[k, MIRRORED]
        if rng.random() < 0.6:
            turn(k, crops, masks, places, rng.normal(0, np.deg2rad(8)))
        # A finder is off along the line of sight as well.
        shift = int(rng.normal(0, 25))
        measured = crops[k] != MISSING
        crops[k][measured] = np.clip(crops[k][measured].astype(np.int32) + shift, -32000, 32000)
        places[k, :, 2] += shift / 1000.0
        if rng.random() < 0.3:
            for _ in range(rng.integers(1, 3)):
                # Something stands before the person, or hides it altogether.
                w, h = rng.integers(8, 56, 2)
                x, y = rng.integers(-20, size - 8, 2)
                columns, rows = slice(max(x, 0), x + w), slice(max(y, 0), y + h)
                crops[k, rows, columns] = MISSING if rng.random() < 0.4 else -rng.integers(250, 1200)
                masks[k, max(y, 0) // 2 : (y + h) // 2, max(x, 0) // 2 : (x + w) // 2] = 0
                u, v = places[k, :, 0] * size, places[k, :, 1] * size
                under = (u >= x) & (u < x + w) & (v >= y) & (v < y + h) & (confidence[k] == SEEN)
                confidence[k][under] = HIDDEN
        lost = rng.random() * 0.05
        crops[k][rng.random((size, size)) < lost] = MISSING


class Overviews:
    """Examples for the finder; those of a batch have one size."""

    def __init__(self, shards):
        self.groups = {}
        for shard in shards:
            if shard.overview_count:
                group = self.groups.setdefault(shard.overview_size, [])
                group.extend((shard, i) for i in range(shard.overview_count))

    def __len__(self):
        return sum(map(len, self.groups.values()))

    def batches(self, size, rng):
        """Endlessly, batches in the groups' proportions."""
        groups = list(self.groups.values())
        shares = np.array([len(g) for g in groups], float)
        while True:
            group = groups[rng.choice(len(groups), p=shares / shares.sum())]
            yield self.batch([group[i] for i in rng.integers(len(group), size=size)], rng)

    @staticmethod
    def batch(pick, rng=None):
        """Inputs and, at a quarter of their size: people, pelvises, ways to them, distances, and where the latter count."""
        views = np.stack([s.overviews[i] for s, i in pick])
        labels = np.stack([s.labels[i] for s, i in pick])[:, ::2, ::2]
        pelvises = np.stack([s.pelvises[i] for s, i in pick]).astype(np.float32)
        n, rows, columns = views.shape
        if rng is not None:
            for k in range(n):
                if rng.random() < 0.5:
                    views[k], labels[k] = views[k, :, ::-1].copy(), labels[k, :, ::-1].copy()
                    pelvises[k, :, 0] = columns - pelvises[k, :, 0]
                views[k][rng.random((rows, columns)) < rng.random() * 0.06] = 0
        r, c = labels.shape[1:]
        y, x = np.mgrid[:r, :c] + 0.5
        people = labels < pelvises.shape[1]
        middle = np.zeros((n, r, c), np.float32)
        way = np.zeros((n, 2, r, c), np.float32)
        far = np.zeros((n, r, c), np.float32)
        for k in range(n):
            for person, (column, row, distance, seen) in enumerate(pelvises[k]):
                if seen < 40:
                    continue
                u, v = column / 4, row / 4
                near = np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * 1.2**2))
                # A pelvis between four cells is nearly as far from each: the nearest cell is the middle.
                if 0 <= u < c and 0 <= v < r:
                    near[int(v), int(u)] = 1.0
                middle[k] = np.maximum(middle[k], near)
                own = (labels[k] == person) | (near > 0.6)
                way[k, 0][own], way[k, 1][own] = ((u - x) / 4)[own], ((v - y) / 4)[own]
                far[k][own] = distance / 1000.0
        return finder_input(views), people.astype(np.float32), middle, way, far, pelvises
