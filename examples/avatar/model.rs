//! The file of the model.

use std::path::{Path, PathBuf};

use bevy::asset::AssetPath;
use bevy::prelude::*;

use crate::Options;

/// The model that all avatars have.
#[derive(Resource, Clone, Debug)]
pub(crate) struct Model {
    pub(crate) path: AssetPath<'static>,
    /// The file's name.
    pub(crate) name: String,
    /// Whether it is this project's mannequin, whose colour is the player's.
    pub(crate) is_mannequin: bool,
}

impl Model {
    /// The model of the options. A model in the place of the recording counts as well.
    pub(crate) fn of(options: &mut Options) -> Result<Self, String> {
        if options.model.is_none() && options.show.file.as_deref().is_some_and(is_model) {
            options.model = options.show.file.take();
        }
        let Some(path) = &options.model else {
            return Ok(Self {
                path: "mannequin.glb".into(),
                name: "mannequin.glb".to_owned(),
                is_mannequin: true,
            });
        };
        let shown = path.display();
        let path = path
            .canonicalize()
            .map_err(|error| format!("{shown}: {error}"))?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(format!("{shown} is not a file"));
        };
        options.show.files = Some(folder.to_owned());
        Ok(Self {
            path: AssetPath::from(PathBuf::from(name)).with_source("files"),
            name: name.to_string_lossy().into_owned(),
            is_mannequin: false,
        })
    }
}

fn is_model(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    ["glb", "gltf", "vrm"]
        .iter()
        .any(|known| extension == *known)
}
