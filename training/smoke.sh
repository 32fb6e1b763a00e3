#!/bin/sh
# Makes a little data, trains both networks for seconds, goes on, and exports them. Needs Python with requirements.txt:
# PYTHON names it. OUT is a folder outside the checkout for what is made.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
out=${OUT:-$(mktemp -d)}
profile=${PROFILE:-release}
cargo build --quiet --profile "$profile" -p kinect_training_data
generator=${CARGO_TARGET_DIR:-target}/$([ "$profile" = dev ] && echo debug || echo "$profile")/kinect_training_data
"$generator" generate "$out/shards" --shards 3 --captures 12
# Whole shards are left as they are.
"$generator" generate "$out/shards" --shards 3 --captures 12
for network in poser finder; do
    "$python" training/train.py $network "$out/shards" --out "$out/$network" --batch 8 --examples 48
    "$python" training/train.py $network "$out/shards" --out "$out/$network" --batch 8 --examples 96 | grep "goes on after 48"
done
ls "$out/poser/poser.onnx" "$out/finder/finder-narrow.onnx" "$out/finder/finder-wide.onnx"
