//! Where the workspace and its target folder are, asked of cargo so that every way of setting them counts.

use std::path::PathBuf;
use std::process::Command;

/// The workspace this program was started from.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder with the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds to.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self, String> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .output()
            .map_err(|e| {
                format!("cannot start cargo: {e}; is Rust installed (https://rustup.rs)?")
            })?;
        let json = String::from_utf8_lossy(&output.stdout);
        let field = |name: &str| {
            string_field(&json, name).map(PathBuf::from).ok_or_else(|| {
                format!(
                    "cargo metadata does not say {name}; it said: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                )
            })
        };
        Ok(Self {
            root: field("workspace_root")?,
            target: field("target_directory")?,
        })
    }

    /// The folder with the real recordings and calibrations, whether or not it exists.
    pub(crate) fn test_data(&self) -> PathBuf {
        std::env::var_os("KINECT_TEST_DATA")
            .map_or_else(|| self.root.join("../shared/data"), PathBuf::from)
    }
}

/// The cargo that started this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The value of the last `"name": "value"` in a JSON text (cargo puts its own folders after the packages), with the
/// escapes that occur in paths undone. A JSON library would take longer to build than this whole program.
fn string_field(json: &str, name: &str) -> Option<String> {
    let key = format!("\"{name}\":\"");
    let start = json.rfind(&key)? + key.len();
    let mut value = String::new();
    let mut chars = json.get(start..)?.chars();
    loop {
        match chars.next()? {
            '"' => return Some(value),
            '\\' => match chars.next()? {
                'u' => {
                    let hex: String = chars.by_ref().take(4).collect();
                    value.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::string_field;

    #[test]
    fn folders_are_read_from_what_cargo_says() {
        let json = r#"{"packages":[{"name":"x"}],"target_directory":"C:\\a b\\\"q\"\\t","workspace_root":"/w/é"}"#;
        assert_eq!(
            string_field(json, "target_directory").as_deref(),
            Some("C:\\a b\\\"q\"\\t")
        );
        assert_eq!(
            string_field(json, "workspace_root").as_deref(),
            Some("/w/é")
        );
        assert_eq!(string_field(json, "nothing"), None);
        assert_eq!(string_field("\"cut\":\"in the mid", "cut"), None);
    }
}
