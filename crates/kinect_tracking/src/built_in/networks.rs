//! The files of the networks, and opening them.

use std::path::Path;

use super::settings::BuiltInSettings;
use crate::onnx::runtime::{Element, Engine, ModelFile, Network, Opened};
use crate::tracker::TrackerError;

/// Opens networks of one folder, or those that come with this crate.
pub(super) struct Networks<'a> {
    pub(super) engine: Engine,
    pub(super) settings: &'a BuiltInSettings,
    pub(super) notes: Vec<String>,
}

/// What a network takes and gives.
pub(super) struct Contract<'a> {
    /// The name of its file, without the ending.
    pub(super) file: &'a str,
    /// The shape of its input, which is called `depth`.
    pub(super) input: [usize; 4],
    pub(super) outputs: &'a [&'a str],
}

impl<'a> Networks<'a> {
    /// Chooses the library that runs networks.
    pub(super) fn new(settings: &'a BuiltInSettings) -> Result<Self, TrackerError> {
        let mut notes = Vec::new();
        let engine = Engine::choose(&settings.network, settings.processor, &mut notes)
            .map_err(TrackerError::unusable)?;
        Ok(Self {
            engine,
            settings,
            notes,
        })
    }

    /// Opens a network on one thread.
    pub(super) fn open(&mut self, contract: &Contract<'_>) -> Result<Network, TrackerError> {
        let file = self.file(contract.file)?;
        let path = file.path.clone();
        self.load(&file, contract).map_err(|why| {
            TrackerError::unusable(format!(
                "the network {} of the built-in body tracker cannot be used: {why}",
                path.display()
            ))
        })
    }

    fn load(&mut self, file: &ModelFile, contract: &Contract<'_>) -> Result<Network, String> {
        let settings = self.settings;
        let opened = Opened::new(
            &self.engine,
            file,
            settings.processor,
            settings.device,
            1,
            &mut self.notes,
        )?;
        let declared = opened.declared();
        let input = declared
            .inputs
            .iter()
            .find(|port| port.element == Element::F32 && port.is_like(&contract.input))
            .cloned();
        let gives = |name: &&str| declared.outputs.iter().any(|port| port.name == **name);
        match input {
            Some(input) if declared.inputs.len() == 1 && contract.outputs.iter().all(gives) => {
                opened.fix(&input, contract.input.to_vec())
            }
            _ => Err(format!(
                "it must have one input of 32-bit floats with the shape {:?} and the outputs {}, but {}; export it with \
                 training/export.py",
                contract.input,
                contract.outputs.join(", "),
                declared.shown()
            )),
        }
    }

    fn file(&self, name: &str) -> Result<ModelFile, TrackerError> {
        match &self.settings.networks {
            Some(folder) => ModelFile::read(&folder.join(format!("{name}.onnx")))
                .map_err(TrackerError::unusable),
            None => shipped(name)
                .map(|bytes| ModelFile::built_in(name, bytes))
                .ok_or_else(|| {
                    TrackerError::unusable(
                        "this version comes without networks of its own: train some (training/README.md), and name their \
                         folder as the tracker's model",
                    )
                }),
        }
    }
}

/// Whether a folder holds networks of this tracker.
pub(crate) fn are_in(folder: &Path) -> bool {
    folder.join("poser.onnx").is_file()
}

/// Whether networks come with this crate.
pub(crate) fn are_shipped() -> bool {
    shipped("poser").is_some()
}

/// The bytes of a network that comes with this crate.
fn shipped(_name: &str) -> Option<&'static [u8]> {
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::onnx::runtime::Values;
    use crate::onnx::{Processor, Runtime};

    #[test]
    fn both_libraries_give_the_same_numbers() {
        let folder = std::env::var_os("KINECT_NETWORKS").map(std::path::PathBuf::from);
        if folder.is_none() && !are_shipped() || std::env::var_os("ORT_DYLIB_PATH").is_none() {
            println!(
                "skipped: there are no networks, or ORT_DYLIB_PATH does not name ONNX Runtime"
            );
            return;
        }
        let contracts = [
            ("poser", [1, 2, 128, 128], "heatmaps"),
            ("finder-narrow", [1, 2, 144, 160], "maps"),
            ("finder-wide", [1, 2, 240, 240], "maps"),
        ];
        for (file, input, output) in contracts {
            let answers = [Runtime::Embedded, Runtime::Installed].map(|runtime| {
                let mut settings = BuiltInSettings {
                    networks: folder.clone(),
                    processor: Processor::Cpu,
                    ..BuiltInSettings::default()
                };
                settings.network.runtime = runtime;
                let contract = Contract {
                    file,
                    input,
                    outputs: &[output],
                };
                let mut network = Networks::new(&settings).unwrap().open(&contract).unwrap();
                let mut random = crate::random::Random::new(7);
                let numbers = input.iter().product();
                let values = (0..numbers).map(|_| random.normal() * 0.5).collect();
                network.run(Values::F32(values)).unwrap().0
            });
            let [tract, runtime] = answers;
            assert_eq!(tract.len(), runtime.len());
            let mut most = 0.0_f32;
            for (a, b) in tract.iter().zip(&runtime) {
                assert_eq!((&a.name, &a.dims), (&b.name, &b.dims));
                for (a, b) in a.values.iter().zip(&b.values) {
                    most = most.max((a - b).abs() / a.abs().max(1.0));
                }
            }
            println!("{file}: the libraries differ by {most}");
            assert!(most < 1e-3, "{file}: {most}");
        }
    }
}
