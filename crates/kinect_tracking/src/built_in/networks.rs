//! The files of the networks, and opening them.

use std::path::{Path, PathBuf};

use super::settings::BuiltInSettings;
use crate::crop::{Overview, PersonCrop};
use crate::onnx::runtime::{Element, Engine, ModelFile, Network, Opened};
use crate::tracker::TrackerError;

/// Opens networks of one folder, or those that come with this crate.
pub(super) struct Networks<'a> {
    pub(super) engine: Engine,
    pub(super) settings: &'a BuiltInSettings,
    pub(super) notes: Vec<String>,
}

/// What a network takes and gives.
pub(super) struct Contract {
    /// The name of its file, without the ending.
    file: &'static str,
    /// The network that comes with this crate.
    shipped: &'static [u8],
    /// The shape of its input.
    input: [usize; 4],
    outputs: &'static [&'static str],
}

/// The finder for narrow and for wide depth modes.
pub(super) const FINDER_NARROW: Contract = Contract {
    file: "finder-narrow",
    shipped: include_bytes!("../../assets/finder-narrow.onnx"),
    input: [1, 2, Overview::NARROW[1], Overview::NARROW[0]],
    outputs: &["maps"],
};
pub(super) const FINDER_WIDE: Contract = Contract {
    file: "finder-wide",
    shipped: include_bytes!("../../assets/finder-wide.onnx"),
    input: [1, 2, Overview::WIDE[1], Overview::WIDE[0]],
    outputs: &["maps"],
};
pub(super) const POSER: Contract = Contract {
    file: "poser",
    shipped: include_bytes!("../../assets/poser.onnx"),
    input: [1, 2, PersonCrop::SIZE, PersonCrop::SIZE],
    outputs: &["heatmaps", "depths", "mask", "seen", "person"],
};

impl Contract {
    /// The network's file in a folder.
    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.onnx", self.file))
    }
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
    pub(super) fn open(&mut self, contract: &Contract) -> Result<Network, TrackerError> {
        let file = self.file(contract)?;
        let path = file.path.clone();
        self.load(&file, contract).map_err(|why| {
            TrackerError::unusable(format!(
                "the network {} of the built-in body tracker cannot be used: {why}",
                path.display()
            ))
        })
    }

    fn load(&mut self, file: &ModelFile, contract: &Contract) -> Result<Network, String> {
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

    fn file(&self, contract: &Contract) -> Result<ModelFile, TrackerError> {
        match &self.settings.networks {
            Some(folder) => ModelFile::read(&contract.path(folder)).map_err(TrackerError::unusable),
            None => Ok(ModelFile::built_in(contract.file, contract.shipped)),
        }
    }
}

/// Whether a folder holds networks of this tracker.
pub(crate) fn are_in(folder: &Path) -> bool {
    POSER.path(folder).is_file()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::onnx::runtime::Values;
    use crate::onnx::{Processor, Runtime};

    #[test]
    fn both_libraries_give_the_same_numbers() {
        if std::env::var_os("ORT_DYLIB_PATH").is_none() {
            println!("skipped: ORT_DYLIB_PATH does not name ONNX Runtime's library");
            return;
        }
        for contract in [POSER, FINDER_NARROW, FINDER_WIDE] {
            let [tract, runtime] = [Runtime::Embedded, Runtime::Installed].map(|runtime| {
                let mut settings = BuiltInSettings {
                    processor: Processor::Cpu,
                    ..BuiltInSettings::default()
                };
                settings.network.runtime = runtime;
                let mut network = Networks::new(&settings).unwrap().open(&contract).unwrap();
                let mut random = crate::random::Random::new(7);
                let numbers = contract.input.iter().product();
                let values = (0..numbers).map(|_| random.normal() * 0.5).collect();
                network.run(Values::F32(values)).unwrap().0
            });
            assert_eq!(tract.len(), runtime.len());
            let mut most = 0.0_f32;
            for (a, b) in tract.iter().zip(&runtime) {
                assert_eq!((&a.name, &a.dims), (&b.name, &b.dims));
                for (a, b) in a.values.iter().zip(&b.values) {
                    most = most.max((a - b).abs() / a.abs().max(1.0));
                }
            }
            println!("{}: the libraries differ by {most}", contract.file);
            assert!(most < 1e-3, "{}: {most}", contract.file);
        }
    }
}
