//! What a settings file says: the texts of values, by entity, sensor and resource.
//!
//! Values stay texts until an entity needs them. So values of types that this app does not have, and of entities that it has not spawned,
//! stay in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use ron::value::RawValue;
use serde::Deserialize;

/// The version of the format that this crate writes.
pub(crate) const VERSION: u32 = 1;

/// The texts of values in RON, by the names of their types.
pub(crate) type Values = BTreeMap<String, Arc<str>>;

/// Everything that a settings file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    /// By the keys of entities.
    pub(crate) entities: BTreeMap<String, Section>,
    /// By the serial numbers of sensors.
    pub(crate) sensors: BTreeMap<String, Values>,
    pub(crate) resources: Values,
}

/// What the file says about one entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) components: Values,
    /// Components that the app spawns and that were removed.
    pub(crate) removed: BTreeSet<String>,
    /// The entity is not spawned by the app.
    pub(crate) spawned: Option<Spawned>,
}

/// How an entity that the app does not spawn belongs to others: their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Spawned {
    /// The sensor of an output.
    #[serde(default)]
    pub(crate) output_of: Option<String>,
    #[serde(default)]
    pub(crate) child_of: Option<String>,
}

impl Section {
    pub(crate) fn is_empty(&self) -> bool {
        self.components.is_empty() && self.removed.is_empty() && self.spawned.is_none()
    }
}

/// Why a text is no settings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FormatError {
    /// It was written by a newer version of this crate.
    Newer(u32),
    /// It is no settings file, or was damaged.
    Damaged(String),
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize)]
struct FileText {
    #[serde(default)]
    entities: BTreeMap<String, SectionText>,
    #[serde(default)]
    sensors: BTreeMap<String, ValueTexts>,
    #[serde(default)]
    resources: ValueTexts,
}

type ValueTexts = BTreeMap<String, Box<RawValue>>;

#[derive(Deserialize)]
struct SectionText {
    #[serde(default)]
    components: ValueTexts,
    #[serde(default)]
    removed: BTreeSet<String>,
    #[serde(default)]
    spawned: Option<Spawned>,
}

fn values(texts: ValueTexts) -> Values {
    let value = |(name, text): (String, Box<RawValue>)| (name, unindented(text.get_ron().trim()));
    texts.into_iter().map(value).collect()
}

/// A value's text as it was before it was indented: the last line stands where the first one did.
fn unindented(text: &str) -> Arc<str> {
    let last = text.lines().next_back().unwrap_or_default();
    let depth = last.len() - last.trim_start_matches(' ').len();
    if depth == 0 || !can_be_indented(text) {
        return text.into();
    }
    let mut lines = text.lines();
    let mut result = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        result.push('\n');
        result.push_str(&line[spaces.min(depth)..]);
    }
    result.into()
}

/// Whether no string goes on over a line break. This crate writes none, but people may.
fn can_be_indented(text: &str) -> bool {
    text.lines()
        .all(|line| line.replace("\\\"", "").matches('"').count() % 2 == 0)
}

impl Model {
    /// Reads the text of a settings file.
    pub(crate) fn parse(text: &str) -> Result<Self, FormatError> {
        let damaged = |error: ron::error::SpannedError| FormatError::Damaged(error.to_string());
        let Head { version } = ron::from_str(text).map_err(damaged)?;
        if version > VERSION {
            return Err(FormatError::Newer(version));
        }
        let file: FileText = ron::from_str(text).map_err(damaged)?;
        let section = |(key, text): (String, SectionText)| {
            let section = Section {
                components: values(text.components),
                removed: text.removed,
                spawned: text.spawned,
            };
            (key, section)
        };
        Ok(Self {
            entities: file.entities.into_iter().map(section).collect(),
            sensors: file
                .sensors
                .into_iter()
                .map(|(serial, texts)| (serial, values(texts)))
                .collect(),
            resources: values(file.resources),
        })
    }

    /// The text of a settings file.
    pub(crate) fn text(&self) -> String {
        let mut page = Page::default();
        page.line("// Settings of bevy_kinect_azure: what differs from the settings that the app itself makes.");
        page.line("// An app that runs overwrites this file: close it before you edit it.");
        page.begin("(");
        page.line(&format!("version: {VERSION},"));
        page.begin("entities: {");
        for (key, section) in &self.entities {
            page.begin(&format!("{key:?}: ("));
            page.begin("components: {");
            page.values(&section.components);
            page.end("},");
            if !section.removed.is_empty() {
                page.line(&format!("removed: {:?},", Vec::from_iter(&section.removed)));
            }
            if let Some(spawned) = &section.spawned {
                page.line(&format!(
                    "spawned: Some((output_of: {:?}, child_of: {:?})),",
                    spawned.output_of, spawned.child_of
                ));
            }
            page.end("),");
        }
        page.end("},");
        page.begin("sensors: {");
        for (serial, values) in &self.sensors {
            page.begin(&format!("{serial:?}: {{"));
            page.values(values);
            page.end("},");
        }
        page.end("},");
        page.begin("resources: {");
        page.values(&self.resources);
        page.end("},");
        page.end(")");
        page.0
    }

    /// What differs from the app's own settings: the place, and the name of the type.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (String, &str)> {
        let entities = self.entities.iter().flat_map(|(key, section)| {
            let names = section.components.keys().chain(&section.removed);
            names.map(move |name| (key.clone(), name.as_str()))
        });
        let sensors = self.sensors.iter().flat_map(|(serial, values)| {
            let place = format!("sensor {serial}");
            values
                .keys()
                .map(move |name| (place.clone(), name.as_str()))
        });
        let resources = self.resources.keys();
        entities
            .chain(sensors)
            .chain(resources.map(|name| ("app".to_owned(), name.as_str())))
    }
}

/// A text that is indented.
#[derive(Default)]
struct Page(String, usize);

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{:1$}{line}", "", self.1 * 4);
    }

    fn begin(&mut self, line: &str) {
        self.line(line);
        self.1 += 1;
    }

    fn end(&mut self, line: &str) {
        self.1 -= 1;
        self.line(line);
    }

    fn values(&mut self, values: &Values) {
        for (name, text) in values {
            let whole = format!("{name:?}: {text},");
            if can_be_indented(&whole) {
                for line in whole.lines() {
                    self.line(line);
                }
            } else {
                self.line(&whole);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sample() -> Model {
        let values = |entries: &[(&str, &str)]| -> Values {
            let entry = |(name, text): &(&str, &str)| ((*name).to_owned(), Arc::from(*text));
            entries.iter().map(entry).collect()
        };
        let left = Section {
            components: values(&[
                (
                    "KinectSensor",
                    "(\n    active: true,\n    source: Recording(\"a (\\\"b\\\").mkv\"),\n)",
                ),
                ("Written", "(\n    by: \"hand,\n  over\n        lines\",\n)"),
                ("Unit", "()"),
            ]),
            removed: BTreeSet::from(["PointCloud".to_owned()]),
            spawned: None,
        };
        let added = Section {
            spawned: Some(Spawned {
                output_of: Some("left".to_owned()),
                child_of: None,
            }),
            ..Section::default()
        };
        Model {
            entities: BTreeMap::from([
                ("left".to_owned(), left),
                ("a \"name\" with\nall ä 😀 \\ \u{0}".to_owned(), added),
            ]),
            sensors: BTreeMap::from([(
                "000123".to_owned(),
                values(&[("SensorColorControls", "((\n    gain: Some(3),\n))")]),
            )]),
            resources: values(&[("OutputScale", "(0.5)")]),
        }
    }

    #[test]
    fn what_is_written_is_read_and_written_alike() {
        let text = sample().text();
        let read = Model::parse(&text).unwrap();
        assert_eq!(read, sample(), "{text}");
        assert_eq!(read.text(), text);
        assert_eq!(Model::parse(&Model::default().text()), Ok(Model::default()));
    }

    #[test]
    fn other_texts_are_told_apart_and_never_panic() {
        let text = sample().text();
        let newer = text.replace("version: 1,", "version: 7,");
        assert_eq!(Model::parse(&newer), Err(FormatError::Newer(7)));
        for end in 0..text.len() - 2 {
            if let Some(cut) = text.get(..end) {
                assert!(
                    matches!(Model::parse(cut), Err(FormatError::Damaged(_))),
                    "{end}"
                );
            }
        }
        for bad in [
            "",
            "()",
            "[]",
            "(version: true)",
            "(version: 1, entities: 3)",
            "\u{feff}",
            "((((((",
        ] {
            assert!(
                matches!(Model::parse(bad), Err(FormatError::Damaged(_))),
                "{bad}"
            );
        }
        let deep = format!("(version: 1, resources: {{\"A\": {}", "(".repeat(1_000_000));
        assert!(matches!(Model::parse(&deep), Err(FormatError::Damaged(_))));
        // Fields of later versions are ignored.
        let more = Model::parse("(version: 1, more: [1, (2)], entities: {\"a\": (later: 3)})");
        assert_eq!(more.unwrap().entities["a"], Section::default());
    }
}
