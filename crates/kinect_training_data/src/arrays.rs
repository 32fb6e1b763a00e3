//! Files of plain numbers.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::error::Error;

/// A number that a file can hold, little-endian.
pub(crate) trait Number: Copy {
    fn put(self, bytes: &mut Vec<u8>);
}

macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Number for $kind {
            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

numbers!(u8, i16, u16, f32);

/// Writes numbers one after the other.
pub(crate) fn write<T: Number>(folder: &Path, name: &str, numbers: &[T]) -> Result<(), Error> {
    let mut bytes = Vec::with_capacity(core::mem::size_of_val(numbers));
    for number in numbers {
        number.put(&mut bytes);
    }
    write_bytes(folder, name, &bytes)
}

/// Writes a value as JSON.
pub(crate) fn write_json(
    folder: &Path,
    name: &str,
    value: &impl serde::Serialize,
) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| Error::Json {
        path: folder.join(name),
        error,
    })?;
    write_bytes(folder, name, &text)
}

fn write_bytes(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = folder.join(name);
    fs::File::create(&path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Error::File { path, error })
}
