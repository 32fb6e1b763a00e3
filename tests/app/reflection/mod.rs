//! Reflection: every public component and resource is registered, described scenes load, and the Bevy Remote Protocol reads and changes
//! everything.

mod remote;
mod scene;

use std::fs;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::reflect::{ReflectFromReflect, TypeRegistration};

use bevy_kinect_settings::KinectSettingsPlugin;

use crate::support::headless_app_with;

/// A public component or resource, as its source says.
#[derive(Debug)]
struct Public {
    name: String,
    type_path: String,
    is_resource: bool,
}

/// The public components and resources of the plugin and of the crates beside it.
fn public_types() -> Vec<Public> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let mut found = Vec::new();
    for name in [
        "bevy_kinect_azure",
        "bevy_kinect_inspector",
        "bevy_kinect_settings",
    ] {
        let sources = crates.join(name).join("src");
        for file in sources_below(&sources) {
            let text = fs::read_to_string(&file).unwrap();
            let inner = file.strip_prefix(&sources).unwrap();
            let topic = inner.iter().next().unwrap().to_str().unwrap();
            let topic = topic.trim_end_matches(".rs");
            for (name_of_type, is_resource) in types_of(&text) {
                let type_path = match name {
                    "bevy_kinect_azure" => format!("{name}::{topic}::{name_of_type}"),
                    _ => format!("{name}::{name_of_type}"),
                };
                found.push(Public {
                    name: name_of_type,
                    type_path,
                    is_resource,
                });
            }
        }
    }
    found
}

fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Names of public types that derive `Component` or `Resource`, and whether it is `Resource`.
fn types_of(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(derives) = line.strip_prefix("#[derive(") else {
            continue;
        };
        let mut attributes = derives.to_owned();
        let item = lines.by_ref().find(|line| {
            attributes.push_str(line);
            ["pub", "struct", "enum"]
                .iter()
                .any(|word| line.starts_with(word))
        });
        let derives = attributes.split(")]").next().unwrap();
        let has = |wanted: &str| derives.split(',').any(|derive| derive.trim() == wanted);
        let mut words = item.unwrap_or_default().split([' ', '(', '{', '<', ';']);
        let is_public = item.is_some_and(|item| item.starts_with("pub "));
        words.by_ref().take(2).for_each(drop);
        if is_public && (has("Component") || has("Resource")) {
            found.push((words.next().unwrap().to_owned(), has("Resource")));
        }
    }
    found
}

#[test]
fn every_public_component_and_resource_is_registered_with_a_default() {
    let file = std::env::temp_dir().join("kinect-reflection.ron");
    let app = headless_app_with(|app| {
        app.add_plugins(KinectSettingsPlugin::file(file));
    });
    let registry = app.world().resource::<AppTypeRegistry>().read();
    let types = public_types();
    assert!(types.len() > 60, "{types:?}");
    let mut complaints = Vec::new();
    for public in &types {
        // The inspector needs a window.
        if public.type_path.starts_with("bevy_kinect_inspector") {
            continue;
        }
        let Some(registration) = registry.get_with_type_path(&public.type_path) else {
            complaints.push(format!(
                "{}: register it, with this #[type_path]",
                public.type_path
            ));
            continue;
        };
        let lacks = lacking(registration, public.is_resource);
        if !lacks.is_empty() {
            complaints.push(format!(
                "{}: #[reflect({})]",
                public.type_path,
                lacks.join(", ")
            ));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn lacking(registration: &TypeRegistration, is_resource: bool) -> Vec<&'static str> {
    let mut lacks = Vec::new();
    let kind = if is_resource { "Resource" } else { "Component" };
    let is_known = registration.contains::<ReflectComponent>()
        && (!is_resource || registration.contains::<ReflectResource>());
    if !is_known {
        lacks.push(kind);
    }
    // Values with entities have no default, because no entity is one.
    if !registration.contains::<ReflectDefault>() && !registration.contains::<ReflectFromWorld>() {
        lacks.push("Default");
    }
    if !registration.contains::<ReflectFromReflect>() {
        lacks.push("FromReflect");
    }
    lacks
}
