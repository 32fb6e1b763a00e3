//! Files of models.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A model of this size or more is refused: a graph is one protobuf message, which cannot be longer.
const TOO_LARGE: u64 = (1 << 31) - 1;

/// The bytes of a model.
#[derive(Debug)]
pub(in crate::onnx) struct ModelFile {
    pub(in crate::onnx) path: PathBuf,
    pub(in crate::onnx) bytes: Vec<u8>,
}

impl ModelFile {
    pub(in crate::onnx) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let read = |e: std::io::Error| format!("the model {shown} cannot be read: {e}");
        let mut file = File::open(path).map_err(read)?;
        let about = file.metadata().map_err(read)?;
        if about.is_dir() {
            return Err(format!("the model {shown} is a folder; name a file in it"));
        }
        if about.len() >= TOO_LARGE {
            return Err(format!(
                "the model {shown} has {} MB: an ONNX file ends at 2048 MB; pose networks have 3 to 400 MB",
                about.len() >> 20
            ));
        }
        let mut bytes = Vec::new();
        // A pipe or a device has no length and may never end.
        file.by_ref()
            .take(TOO_LARGE)
            .read_to_end(&mut bytes)
            .map_err(read)?;
        if bytes.is_empty() {
            return Err(format!("the model {shown} is empty"));
        }
        Ok(Self {
            path: path.to_owned(),
            bytes,
        })
    }

    /// The file's name, for display.
    pub(in crate::onnx) fn name(&self) -> String {
        self.path
            .file_stem()
            .unwrap_or(self.path.as_os_str())
            .to_string_lossy()
            .into_owned()
    }
}
