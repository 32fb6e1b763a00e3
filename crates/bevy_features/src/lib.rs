//! The features of Bevy that the workspace uses: see this package's `Cargo.toml`.
