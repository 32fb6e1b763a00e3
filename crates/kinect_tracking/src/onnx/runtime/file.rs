//! Files of models.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A model of this size or more is refused: a graph is one protobuf message, which cannot be longer.
const TOO_LARGE: u64 = (1 << 31) - 1;

/// The bytes of a model.
#[derive(Debug)]
pub(crate) struct ModelFile {
    /// The file, or the name of a model that is part of the program.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Cow<'static, [u8]>,
    /// Whether weights may lie in files beside it.
    pub(super) is_on_disk: bool,
}

impl ModelFile {
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
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
            bytes: bytes.into(),
            is_on_disk: true,
        })
    }

    /// A model that is part of the program.
    pub(crate) fn built_in(name: &str, bytes: &'static [u8]) -> Self {
        Self {
            path: name.into(),
            bytes: bytes.into(),
            is_on_disk: false,
        }
    }

    /// The file's name, for display.
    pub(crate) fn name(&self) -> String {
        self.path
            .file_stem()
            .unwrap_or(self.path.as_os_str())
            .to_string_lossy()
            .into_owned()
    }
}
