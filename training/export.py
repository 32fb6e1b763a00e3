"""Writes a trained network as ONNX with fixed shapes, and its weights as 16-bit floats to start other trainings from.

    python export.py FOLDER        # of a checkpoint, as train.py writes it"""

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

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
        halve(path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    save_weights(network, name, folder)


def halve(path):
    """Stores the weights of a file as 16-bit floats, which become 32-bit ones where it is loaded: half the size."""
    model = onnx.load(path)
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != TensorProto.FLOAT or len(weight.dims) < 2:
            continue
        name = weight.name
        half = numpy_helper.to_array(weight).astype(np.float16)
        weight.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], f"{name}_cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def save_weights(network, name, folder):
    """A file of half the size, from which `train.py --start` goes on."""
    weights = {k: v.half() if v.dtype == torch.float32 else v for k, v in network.state_dict().items()}
    torch.save({"network": name, "widths": list(network.widths), "average": weights}, Path(folder) / f"{name}.pt")


def load(path):
    """The averaged network of a checkpoint's folder or of a file of weights, and its name."""
    path = Path(path)
    saved = torch.load(path / "last.pt" if path.is_dir() else path, map_location="cpu")
    network = nets.make(saved["network"], saved["widths"])
    network.load_state_dict(saved["average"])
    return network.eval(), saved["network"]


if __name__ == "__main__":
    export(*load(sys.argv[1]), sys.argv[1])
