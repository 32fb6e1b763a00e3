"""Measures trained networks on recordings with exact joints.

    python evaluate.py RECORDINGS --poser FOLDER [--finder FOLDER] --generator PROGRAM --out FOLDER

RECORDINGS has NAME.mkv and gt/NAME.json, as the validation set has. With --finder the networks find people themselves; without
it the crops are made around the true pelvises, which measures the poser alone. The predictions are written to OUT/NAME.json in
the form that the set's own evaluate.py reads, and its path is given to --judge to run it."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

import data
import nets
from export import load
from train import peaks


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--poser", required=True, type=Path, help="folder of the poser's checkpoint")
    parser.add_argument("--finder", type=Path, help="folder of the finder's checkpoint")
    parser.add_argument("--generator", required=True, type=Path, help="the program kinect_training_data")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--judge", type=Path, help="the validation set's evaluate.py")
    parser.add_argument("--peak", action="store_true", help="takes places from the cells around the highest one alone")
    parser.add_argument("--mirror", action="store_true", help="averages with the mirrored picture")
    return parser.parse_args()


def views(generator, recording, out, people=None):
    command = [generator.resolve(), "recording", recording, out]
    if people is not None:
        path = out.with_suffix(".people.json")
        path.write_text(json.dumps(people))
        command += ["--people", path]
    subprocess.run(command, check=True)


@torch.no_grad()
def found_people(net, folder):
    """People that the finder sees in a recording's overviews."""
    view = json.loads((folder / "overviews.json").read_text())
    size = (view["rows"], view["columns"])
    images = np.fromfile(folder / "overviews.u16", np.uint16).reshape(-1, *size)
    directions = np.array(view["directions"]).reshape(*size, 3)
    people = []
    for frame, image in enumerate(images):
        maps = net(torch.from_numpy(data.finder_input(image[None])))[0]
        for column, row, distance, score in peaks(maps)[:6]:
            at = directions[min(int(row), size[0] - 1), min(int(column), size[1] - 1)]
            people.append({"frame": frame, "center_mm": (at * distance).tolist(), "score": score})
    return people


@torch.no_grad()
def joints_of(net, folder, mirror, peak):
    """Joints in mm in the depth camera's axes, whether each is seen, and whether there is a person, of each crop."""
    crops = np.fromfile(folder / "crops.i16", np.int16).reshape(-1, 128, 128)
    about = np.fromfile(folder / "about.f32", np.float32).reshape(-1, 11)
    x = torch.from_numpy(data.poser_input(crops))
    heatmaps, depths, _, seen, person = net(x)
    decode = nets.peaked if peak else nets.expected
    places, _ = decode(heatmaps, depths)
    if mirror:
        h, d, _, s, p = net(x.flip(3))
        other, _ = decode(h, d)
        other = other[:, data.MIRRORED]
        other[..., 0] = 1 - other[..., 0]
        places = (places + other) / 2
        seen, person = (seen + s[:, data.MIRRORED]) / 2, (person + p) / 2
    places = places.numpy().astype(np.float64)
    distance, side = about[:, 0, None], about[:, 1, None]
    # As PersonCrop::point does.
    z = distance + places[..., 2] * 1000
    scale = z * side / distance
    view = np.stack([(places[..., 0] - 0.5) * scale, (places[..., 1] - 0.5) * scale, z], -1)
    axes = about[:, 2:].reshape(-1, 3, 3)
    return np.einsum("nji,njk->nik", view.transpose(0, 2, 1), axes), seen.numpy(), person[:, 0].numpy()


def main():
    args = options()
    args.out.mkdir(parents=True, exist_ok=True)
    poser, _ = load(args.poser)
    finder = load(args.finder)[0] if args.finder else None
    work = args.out / "views"
    work.mkdir(exist_ok=True)
    for truth in sorted((args.recordings / "gt").glob("*.json")):
        frames = json.loads(truth.read_text())["frames"]
        recording = args.recordings / f"{truth.stem}.mkv"
        folder = work / truth.stem
        views(args.generator, recording, folder)
        times = json.loads((folder / "overviews.json").read_text())["timestamps_usec"]
        if finder is not None:
            people = found_people(finder, folder)
        else:
            by_time = {frame["timestamp_usec"]: frame for frame in frames}
            people = [
                {"frame": i, "center_mm": body["joints"][0]["position_mm"], "score": 1.0, "id": body["id"]}
                for i, time in enumerate(times)
                for body in by_time.get(time, {"bodies": []})["bodies"]
                if body["joints"][0]["position_mm"][2] > 300
            ]
        people.sort(key=lambda person: person["frame"])
        asked = [{"frame": p["frame"], "center_mm": p["center_mm"]} for p in people]
        views(args.generator, recording, folder, asked)
        joints, seen, person = joints_of(poser, folder, args.mirror, args.peak) if people else ([], [], [])
        answers = [{"timestamp_usec": time, "bodies": []} for time in times]
        for who, places, visible, is_person in zip(people, joints, seen, person):
            if finder is not None and is_person < -1:
                continue
            bodies = answers[who["frame"]]["bodies"]
            listed = [
                {"position_mm": p.tolist(), "confidence": 2 if v > 0 else 1} for p, v in zip(places, visible)
            ]
            bodies.append({"id": who.get("id", len(bodies)), "joints": listed})
        (args.out / f"{truth.stem}.json").write_text(json.dumps({"frames": answers}))
        print(f"{truth.stem}: {len(people)} people in {len(times)} images", flush=True)
    if args.judge:
        subprocess.run([sys.executable, args.judge, args.recordings / "gt", args.out], check=True)


if __name__ == "__main__":
    main()
