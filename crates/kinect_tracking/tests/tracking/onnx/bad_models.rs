//! Models that cannot be used give an error with the reason, and never a crash.

use kinect_tracking::onnx::{OnnxSettings, PoseModel, Runtime};
use kinect_tracking::tracker::{TrackerError, TrackerErrorKind};

use super::contracts::picture;
use super::graph::{Answer, Element, Message, graph, model, node, port};
use super::{ModelFile, runtimes, settings};

/// The error of opening a model, on every library that runs networks.
fn errors(name: &str, bytes: &[u8]) -> Vec<TrackerError> {
    let file = ModelFile::new(name, bytes);
    runtimes()
        .into_iter()
        .map(|runtime| {
            let error = PoseModel::open(&settings(file.0.clone(), runtime)).unwrap_err();
            println!("{runtime:?}: {error}");
            assert_eq!(error.kind, TrackerErrorKind::Unusable);
            assert!(error.message.contains(name), "{error}");
            error
        })
        .collect()
}

#[test]
fn files_that_are_no_models() {
    errors("empty", b"");
    errors("words", b"This is no model, but a text about one.");
    errors("zeros", &[0; 4096]);
    errors(
        "noise",
        &(0..9999_u32)
            .map(|i| ((i * i) >> 7) as u8)
            .collect::<Vec<_>>(),
    );
    let missing = settings("/nowhere/model.onnx".into(), Runtime::Embedded);
    let error = PoseModel::open(&missing).unwrap_err();
    assert!(error.message.contains("/nowhere/model.onnx"), "{error}");
    let folder = settings(std::env::temp_dir(), Runtime::Embedded);
    assert!(
        PoseModel::open(&folder)
            .unwrap_err()
            .message
            .contains("folder")
    );
    let error = PoseModel::open(&OnnxSettings::default()).unwrap_err();
    assert!(error.message.contains("no ONNX model"), "{error}");
}

#[test]
fn a_model_of_two_gigabytes_is_refused_before_it_is_read() {
    let file = ModelFile::new("huge", b"");
    // A file with a hole takes no space.
    let hole = std::fs::File::create(&file.0).unwrap();
    hole.set_len(1 << 31).unwrap();
    for runtime in runtimes() {
        let error = PoseModel::open(&settings(file.0.clone(), runtime)).unwrap_err();
        assert!(error.message.contains("2048 MB"), "{error}");
    }
}

#[test]
fn a_model_cut_short_anywhere_is_an_error_or_works() {
    let whole = super::contracts::multipose(288, 320);
    for cut in (0..whole.len()).step_by(37) {
        let file = ModelFile::new("cut", &whole[..cut]);
        for runtime in runtimes() {
            if let Ok(mut model) = PoseModel::open(&settings(file.0.clone(), runtime)) {
                let _ = model.find(&picture(64, 64));
            }
        }
    }
}

#[test]
fn models_with_changed_bytes_are_errors_or_work() {
    let whole = super::contracts::multipose(32, 32);
    let mut random = 7_u32;
    let mut next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize
    };
    for _ in 0..200 {
        let mut bytes = whole.clone();
        // Most of the file is weights, in which any number is valid.
        let (front, back) = (300, 400);
        for _ in 0..1 + next() % 4 {
            let at = next() % (front + back);
            let at = if at < front {
                at
            } else {
                bytes.len() - 1 - (at - front)
            };
            bytes[at] = next() as u8;
        }
        let file = ModelFile::new("changed", &bytes);
        // Only tract is tested: ONNX Runtime is written in C++, and its faults cannot be caught.
        if let Ok(mut model) = PoseModel::open(&settings(file.0.clone(), Runtime::Embedded)) {
            let _ = model.find(&picture(64, 64));
        }
    }
}

#[test]
fn graphs_that_are_wrong_are_told_by_name() {
    // An unknown operation.
    let mut unknown = Message::default();
    unknown.message(1, &node("Frobnicate", &["input"], "output_0"));
    unknown.text(2, "g");
    unknown.message(11, &port("input", Element::I32, &[1, 288, 320, 3]));
    unknown.message(12, &port("output_0", Element::F32, &[1, 6, 56]));
    for error in errors("unknown-operator", &model(&unknown)) {
        assert!(error.message.contains("Frobnicate"), "{error}");
    }
    // An output that no node computes, and an input that has no source.
    let mut dangling = Message::default();
    dangling.message(1, &node("Identity", &["nothing"], "other"));
    dangling.text(2, "g");
    dangling.message(11, &port("input", Element::F32, &[1, 288, 320, 3]));
    dangling.message(12, &port("output_0", Element::F32, &[1, 6, 56]));
    errors("dangling", &model(&dangling));
    // No graph at all.
    let mut nothing = Message::default();
    nothing.number(1, 8);
    errors("no-graph", &nothing.0);
}

#[test]
fn shapes_that_do_not_fit_say_what_was_expected() {
    let simcc = |count: i64, x: i64| {
        [
            Answer::new("simcc_x", &[1, count, x]),
            Answer::new("simcc_y", &[1, count, 512]),
        ]
    };
    let cases: [(&str, &[i64], [Answer; 2], &str); 3] = [
        ("width", &[1, 3, 256, 192], simcc(17, 400), "[1, 17, 400]"),
        (
            "channels",
            &[1, 5, 256, 192],
            simcc(17, 384),
            "[1, 5, 256, 192]",
        ),
        ("rank", &[3, 256, 192], simcc(17, 384), "[3, 256, 192]"),
    ];
    for (name, dims, answers, told) in cases {
        for error in errors(name, &graph("input", Element::F32, dims, &answers)) {
            assert!(error.message.contains(told), "{error}");
        }
    }
    // A batch of four pictures.
    errors(
        "batch",
        &graph("input", Element::F32, &[4, 3, 256, 192], &simcc(17, 384)),
    );
}

#[test]
fn numbers_that_are_none_are_an_error_of_the_picture() {
    let mut output = Answer::new("output_0", &[1, 1, 17, 3]);
    output.constant[5] = f32::NAN;
    let bytes = graph("input", Element::I32, &[1, 192, 192, 3], &[output]);
    let file = ModelFile::new("nan", &bytes);
    for runtime in runtimes() {
        let mut model = PoseModel::open(&settings(file.0.clone(), runtime)).unwrap();
        let error = model.find(&picture(192, 192)).unwrap_err();
        assert_eq!(error.kind, TrackerErrorKind::BadCapture);
        assert!(error.message.contains("`output_0`"), "{error}");
    }
}

#[test]
fn infinite_places_are_no_joints() {
    let mut output = Answer::new("output_0", &[1, 1, 17, 3]);
    for joint in 0..17 {
        output.constant[joint * 3..][..3].copy_from_slice(&[0.5, f32::INFINITY, 0.9]);
    }
    let bytes = graph("input", Element::I32, &[1, 192, 192, 3], &[output]);
    let file = ModelFile::new("infinite", &bytes);
    for runtime in runtimes() {
        let mut model = PoseModel::open(&settings(file.0.clone(), runtime)).unwrap();
        assert!(model.find(&picture(192, 192)).unwrap().is_empty());
    }
}

#[test]
fn a_library_that_is_missing_is_told() {
    let bytes = super::contracts::multipose(288, 320);
    let file = ModelFile::new("no-library", &bytes);
    // If ONNX Runtime is loaded already, it stays loaded.
    if std::env::var_os("ORT_DYLIB_PATH").is_some() {
        return;
    }
    let mut settings = settings(file.0.clone(), Runtime::Installed);
    settings.network.library = Some("/nowhere/libonnxruntime.so".into());
    let error = PoseModel::open(&settings).unwrap_err();
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    assert!(
        error.message.contains("/nowhere/libonnxruntime.so"),
        "{error}"
    );
    settings.network.runtime = Runtime::Auto;
    let model = PoseModel::open(&settings).unwrap();
    assert!(model.name().contains("tract"), "{}", model.name());
    assert!(
        model
            .notes()
            .iter()
            .any(|note| note.contains("/nowhere/libonnxruntime.so")),
        "{:?}",
        model.notes()
    );
}

#[test]
fn a_processor_that_is_missing_is_told_and_another_runs() {
    use kinect_tracking::onnx::Processor;
    let bytes = super::contracts::multipose(288, 320);
    let file = ModelFile::new("no-cuda", &bytes);
    for runtime in runtimes() {
        for processor in [Processor::TensorRt, Processor::DirectMl] {
            let mut settings = settings(file.0.clone(), runtime);
            settings.processor = processor;
            let model = PoseModel::open(&settings).unwrap();
            println!("{}: {:?}", model.name(), model.notes());
            if model.name().contains("the processor") {
                assert!(
                    model
                        .notes()
                        .iter()
                        .any(|note| note.contains("the processor runs")),
                    "{:?}",
                    model.notes()
                );
            }
        }
    }
}
