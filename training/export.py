"""Writes a trained network as ONNX with fixed shapes.

    python export.py FOLDER        # of a checkpoint, as train.py writes it"""

import sys
from pathlib import Path

import torch

import nets

# tract reads operator sets 9 to 18.
OPERATORS = 17
SIZES = {"poser": [("poser", 128, 128)], "finder": [("finder-narrow", 144, 160), ("finder-wide", 240, 240)]}


def export(network, name, folder):
    """One file for each size of the input."""
    network = network.eval()
    outputs = ["heatmaps", "depths", "mask", "seen", "person"] if name == "poser" else ["maps"]
    for file, rows, columns in SIZES[name]:
        path = Path(folder) / f"{file}.onnx"
        torch.onnx.export(
            network,
            torch.zeros(1, 2, rows, columns),
            path,
            input_names=["depth"],
            output_names=outputs,
            opset_version=OPERATORS,
            dynamo=False,
        )
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def load(folder):
    """The averaged network of a checkpoint, and its name."""
    saved = torch.load(Path(folder) / "last.pt", map_location="cpu")
    make = nets.Poser if saved["network"] == "poser" else nets.Finder
    network = make(saved["widths"])
    network.load_state_dict(saved["average"])
    return network.eval(), saved["network"]


if __name__ == "__main__":
    export(*load(sys.argv[1]), sys.argv[1])
