"""Trains a network, goes on where a training stopped, and exports it.

    python train.py poser  DATA... --out FOLDER [--examples N] [--minutes M]
    python train.py finder DATA... --out FOLDER [--examples N] [--minutes M]

DATA are folders of shards. The same command goes on where it stopped: FOLDER/last.pt has the weights, the optimiser and the
number of examples seen. The learning rate falls to nothing at --examples; --minutes only ends this run earlier. The best
average of the weights becomes FOLDER/NAME.onnx. FOLDER/log.jsonl has one line of figures every minute."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
import nets

HELD_BACK = 0.04


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["poser", "finder"])
    parser.add_argument("data", nargs="+", help="folders of shards")
    parser.add_argument("--out", required=True, type=Path, help="folder of checkpoints")
    parser.add_argument("--start", type=Path, help="weights to begin with (shipped/NAME.pt), instead of from nothing")
    parser.add_argument("--examples", type=int, default=2_000_000, help="examples until the learning rate is 0")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="ends this run after that time")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--widths", type=int, nargs="+", help="channels of the network's levels")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def begin_with(network, args):
    saved = torch.load(args.start, map_location="cpu")
    if saved["network"] != args.network or tuple(saved["widths"]) != network.widths:
        raise SystemExit(f"{args.start} is a {saved['network']} of widths {saved['widths']}")
    network.load_state_dict(saved["average"])


class Training:
    """Weights, their running average, the optimiser, and how far it has come."""

    def __init__(self, network, args, device):
        self.args, self.device = args, device
        self.last = args.out / "last.pt"
        if args.start and not self.last.exists():
            begin_with(network, args)
        self.net = network.to(device, memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=args.rate, weight_decay=1e-2)
        self.average = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        self.seen = self.steps = 0
        if self.last.exists():
            saved = torch.load(self.last, map_location=device)
            self.net.load_state_dict(saved["net"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.average = {k: v.to(device) for k, v in saved["average"].items()}
            self.seen, self.steps = saved["seen"], saved["steps"]
            print(f"goes on after {self.seen} examples", flush=True)

    def save(self):
        half = self.last.with_suffix(".half")
        torch.save(
            {
                "net": self.net.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "average": self.average,
                "seen": self.seen,
                "steps": self.steps,
                "widths": self.net.widths,
                "network": self.args.network,
            },
            half,
        )
        half.replace(self.last)

    def rate(self):
        share = min(self.seen / self.args.examples, 1.0)
        warm = min(1.0, (self.steps + 1) / 200)
        return float(self.args.rate * warm * (0.5 * (1 + np.cos(np.pi * share)) + 1e-3))

    def step(self, loss, count):
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.steps += 1
        self.seen += count
        keep = min(0.999, (self.steps + 1) / (self.steps + 30))
        with torch.no_grad():
            for name, value in self.net.state_dict().items():
                if value.dtype.is_floating_point:
                    self.average[name].mul_(keep).add_(value, alpha=1 - keep)
                else:
                    self.average[name].copy_(value)

    def averaged(self):
        network = nets.make(self.args.network, self.net.widths).to(self.device)
        network.load_state_dict(self.average)
        return network.eval()


def metres(found, places, about):
    """How far found places are off, as vectors in metres."""
    distance = about[:, data.DISTANCE, None] / 1000.0
    side = about[:, data.SIDE, None] / 1000.0
    wide = side * (1 + places[..., 2] / distance)
    off = found - places
    return torch.cat([off[..., :2] * wide[..., None], off[..., 2:]], -1)


def poser_loss(net, batch, device):
    x, places, confidence, masks, about = (torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in batch)
    with torch.autocast(device.type, torch.bfloat16):
        outputs = net(x.to(memory_format=torch.channels_last))
    heatmaps, depths, person, seen, is_person = (o.float() for o in outputs)
    found, shares = nets.expected(heatmaps, depths)
    inside = ((places[..., :2] > 0) & (places[..., :2] < 1)).all(-1)
    known = inside & (confidence > data.NO_VIEW)
    weight = torch.where(confidence == data.SEEN, 1.0, 0.35) * known
    total = weight.sum().clamp_min(1.0)
    off = torch.sqrt((metres(found, places, about) ** 2).sum(-1) + 1e-5)
    near = (off * weight).sum() / total
    grid = (torch.arange(32, device=device) + 0.5) / 32
    gx = torch.exp(-(((grid - places[..., :1]) * 32) ** 2) / 2)
    gy = torch.exp(-(((grid - places[..., 1:2]) * 32) ** 2) / 2)
    target = gy[..., :, None] * gx[..., None, :]
    target = target / target.sum((2, 3), keepdim=True).clamp_min(1e-6)
    shape = (-(target * torch.log(shares + 1e-7)).sum((2, 3)) * weight).sum() / total
    there = about[:, data.IS_PERSON] > 0.5
    visible = F.binary_cross_entropy_with_logits(seen, (confidence == data.SEEN).float(), reduction="none")
    visible = visible[there].mean() if there.any() else visible.sum() * 0
    body = F.binary_cross_entropy_with_logits(person[:, 0], (masks[:, ::2, ::2] == 1).float())
    whether = F.binary_cross_entropy_with_logits(is_person[:, 0], there.float())
    loss = 10 * near + 0.15 * shape + 0.1 * visible + 0.3 * body + 0.1 * whether
    return loss, {"off_cm": 100 * near, "shape": shape, "visible": visible, "mask": body, "person": whether}


def finder_loss(net, batch, device):
    x, people, middle, way, far = (torch.from_numpy(np.ascontiguousarray(a)).to(device) for a in batch[:5])
    with torch.autocast(device.type, torch.bfloat16):
        maps = net(x.to(memory_format=torch.channels_last))
    maps = maps.float()
    mask = F.binary_cross_entropy_with_logits(maps[:, nets.MASK], people)
    p, logit = torch.sigmoid(maps[:, nets.PELVIS]), maps[:, nets.PELVIS]
    hit = -((1 - p) ** 2) * F.logsigmoid(logit) * (middle > 0.9)
    miss = -((1 - middle) ** 4) * p**2 * F.logsigmoid(-logit) * (middle <= 0.9)
    peak = (hit + miss).sum((1, 2)).mean() * 0.3
    own = (far > 0).float()
    count = own.sum().clamp_min(1.0)
    ways = ((maps[:, nets.OFFSET] - way).abs() * own[:, None]).sum() / count
    distance = ((maps[:, nets.DISTANCE] + 2.5 - far).abs() * own).sum() / count
    loss = 4 * mask + peak + 0.3 * ways + 0.5 * distance
    return loss, {"mask": mask, "peak": peak, "way": ways, "distance_m": distance}


@torch.no_grad()
def poser_figures(net, crops, device, most=1500):
    """Share of seen and hidden joints within 10 and 15 cm, on crops of rooms that were not learnt from."""
    offs, confidences, kinds, right, all_crops = [], [], [], 0, 0
    for first in range(0, min(len(crops), most), 64):
        x, places, confidence, _, about = crops.batch(range(first, min(first + 64, len(crops))))
        heatmaps, depths, _, _, is_person = net(torch.from_numpy(x).to(device))
        found, _ = nets.expected(heatmaps, depths)
        numbers = torch.from_numpy(np.ascontiguousarray(about)).to(device)
        off = metres(found, torch.from_numpy(places).to(device), numbers).norm(dim=-1)
        there = about[:, data.IS_PERSON] > 0.5
        right += int(((is_person[:, 0].cpu().numpy() > 0) == there).sum())
        all_crops += len(there)
        offs.append(off.cpu().numpy()[there])
        confidences.append(confidence[there])
        kinds.append(about[there, data.KIND])
    off, confidence, kind = np.concatenate(offs), np.concatenate(confidences), np.concatenate(kinds)
    limbs = [6, 7, 13, 14, 19, 20, 23, 24]
    seen, hidden = confidence == data.SEEN, confidence == data.HIDDEN
    share = lambda which, within: float((which < within).mean()) if which.size else float("nan")
    figures = {
        "pck10_seen": share(off[seen], 0.10),
        "pck10_limbs_seen": share(off[:, limbs][seen[:, limbs]], 0.10),
        "pck15_hidden": share(off[hidden], 0.15),
        "median_seen_cm": 100 * float(np.median(off[seen])),
        "person_or_not": right / max(all_crops, 1),
    }
    for number, name in enumerate(["poses", "exhibit", "clips"]):
        of = off[kind == number][seen[kind == number]]
        if of.size:
            figures[f"pck10_seen_{name}"] = share(of, 0.10)
    return figures


def peaks(maps, least=0.35):
    """People in the finder's maps of one overview: column and row in its pixels, distance in mm, score; best first."""
    heat = torch.sigmoid(maps[nets.PELVIS])
    high = F.max_pool2d(heat[None, None], 5, 1, 2)[0, 0]
    found = []
    for row, column in ((heat == high) & (heat > least)).nonzero().tolist():
        rows = slice(max(row - 1, 0), row + 2)
        columns = slice(max(column - 1, 0), column + 2)
        weight = heat[rows, columns]
        y, x = torch.meshgrid(
            torch.arange(rows.start, rows.start + weight.shape[0]),
            torch.arange(columns.start, columns.start + weight.shape[1]),
            indexing="ij",
        )
        total = weight.sum()
        v, u = float((weight * y).sum() / total), float((weight * x).sum() / total)
        distance = float((weight * maps[nets.DISTANCE, rows, columns]).sum() / total) + 2.5
        found.append((4 * (u + 0.5), 4 * (v + 0.5), 1000 * max(distance, 0.3), float(heat[row, column])))
    return sorted(found, key=lambda person: -person[3])


@torch.no_grad()
def finder_figures(net, overviews, device, most=400):
    """Recall and precision of people (pelvis within 30 cm across the line of sight), on rooms not learnt from."""
    hits = false = missed = 0
    distances = []
    for group in overviews.groups.values():
        for pick in group[:most]:
            x, *_, pelvises = overviews.batch([pick])
            maps = net(torch.from_numpy(x).to(device))[0].cpu()
            truth = [p for p in pelvises[0] if p[3] >= 40]
            used = set()
            for column, row, distance, _ in peaks(maps):
                off = [
                    (np.hypot(column - p[0], row - p[1]) * np.deg2rad(0.5) * p[2] / 1000, i)
                    for i, p in enumerate(truth)
                    if i not in used
                ]
                if off and min(off)[0] < 0.3:
                    used.add(min(off)[1])
                    distances.append(abs(distance - truth[min(off)[1]][2]))
                else:
                    false += 1
            hits += len(used)
            # Hardly visible people are neither asked for nor held against anybody.
            missed += sum(p[3] >= 150 for i, p in enumerate(truth) if i not in used)
    return {
        "recall": hits / max(hits + missed, 1),
        "precision": hits / max(hits + false, 1),
        "distance_mm": float(np.median(distances)) if distances else float("nan"),
    }


def main():
    args = options()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    poser = args.network == "poser"
    training = Training(nets.make(args.network, args.widths), args, device)
    # Others go on with other examples than those before.
    rng = np.random.default_rng([args.seed, training.steps])
    everything = data.shards(args.data)
    held = max(1, int(len(everything) * HELD_BACK))
    learnt, kept = (everything[:-held], everything[-held:]) if len(everything) > 1 else (everything, everything)
    if poser:
        examples, fresh = data.Crops(learnt), data.Crops(kept)

        def batches():
            while True:
                order = rng.permutation(len(examples))
                for first in range(0, len(order) - args.batch + 1, args.batch):
                    yield examples.batch(order[first : first + args.batch], rng)
                if len(order) < args.batch:
                    yield examples.batch(order, rng)

        stream = batches()
    else:
        examples, fresh = data.Overviews(learnt), data.Overviews(kept)
        stream = examples.batches(args.batch, rng)
    print(f"{len(learnt)} shards with {len(examples)} examples, {len(kept)} held back with {len(fresh)}; {device}", flush=True)
    loss_of = poser_loss if poser else finder_loss
    figures_of = poser_figures if poser else finder_figures
    log = open(args.out / "log.jsonl", "a")
    start = told = time.time()
    first_seen, sums, minutes = training.seen, [], 0

    def tell(with_figures):
        nonlocal told, sums
        line = {"seen": training.seen, "seconds": round(time.time() - start), "rate": round(training.rate(), 6)}
        line["per_second"] = round((training.seen - first_seen) / max(time.time() - start, 1e-3), 1)
        if sums:
            line |= {k: round(float(np.mean([s[k] for s in sums])), 4) for k in sums[0]}
        if with_figures:
            line |= {k: round(v, 4) for k, v in figures_of(training.averaged(), fresh, device).items()}
        print(json.dumps(line), flush=True)
        log.write(json.dumps(line) + "\n")
        log.flush()
        told, sums = time.time(), []
        training.save()

    while training.seen < args.examples and time.time() - start < args.minutes * 60:
        loss, parts = loss_of(training.net, next(stream), device)
        training.step(loss, args.batch)
        sums.append({k: float(v) for k, v in parts.items()})
        if time.time() - told > 60:
            minutes += 1
            tell(minutes % 5 == 0)
    tell(True)
    from export import export

    export(training.averaged().cpu(), args.network, args.out)


if __name__ == "__main__":
    main()
