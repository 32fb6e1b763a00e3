//! One network, independent of the library that runs it.

use std::num::NonZero;
use std::thread;

use super::embedded::{Parsed, Plan};
use super::file::ModelFile;
use super::installed::{self, Run};
use super::tensor::{Declared, Outputs, Port, Values};
use crate::onnx::settings::{NetworkSettings, Processor, Runtime};

/// The number of cores of this computer.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The library that runs networks, chosen once for a tracker.
#[derive(Clone)]
pub(crate) enum Engine {
    Installed(ort::environment::Environment),
    Embedded,
}

impl Engine {
    /// The library that the settings ask for; the notes say what was not found.
    pub(crate) fn choose(
        settings: &NetworkSettings,
        processor: Processor,
        notes: &mut Vec<String>,
    ) -> Result<Self, String> {
        if settings.runtime == Runtime::Embedded {
            if !matches!(processor, Processor::Cpu | Processor::Gpu) {
                notes.push("tract knows no graphics card; the processor runs the network".into());
            }
            return Ok(Self::Embedded);
        }
        match installed::environment(settings.library.as_deref()) {
            Ok(environment) => Ok(Self::Installed(environment)),
            Err(why) if settings.runtime == Runtime::Installed => Err(format!(
                "ONNX Runtime cannot be loaded ({why}): install version 1.24 or newer, or set ORT_DYLIB_PATH to its \
                 library"
            )),
            Err(why) => {
                // The loader's words help only somebody who named a library.
                let why = if installed::is_chosen(settings.library.as_deref()) {
                    format!("the ONNX Runtime that was chosen cannot be loaded ({why})")
                } else {
                    "no ONNX Runtime is installed".to_owned()
                };
                notes.push(format!(
                    "{why}; the built-in tract runs the network on the processor"
                ));
                Ok(Self::Embedded)
            }
        }
    }
}

/// A network whose input has no fixed shape yet.
pub(crate) struct Opened {
    state: State,
    declared: Declared,
}

enum State {
    Installed(Box<Run>),
    Embedded(Box<Parsed>),
}

/// A network that can be run.
pub(crate) struct Network {
    runner: Runner,
    input: Port,
    dims: Vec<usize>,
}

enum Runner {
    Installed(Box<Run>),
    Embedded(Plan),
}

impl Opened {
    /// `threads` is the number of threads that share one run.
    pub(crate) fn new(
        engine: &Engine,
        file: &ModelFile,
        processor: Processor,
        device: u32,
        threads: usize,
        notes: &mut Vec<String>,
    ) -> Result<Self, String> {
        let (state, declared) = match engine {
            Engine::Installed(environment) => {
                let run = Run::open(environment, file, processor, device, threads, notes)?;
                let declared = run.declared();
                (State::Installed(Box::new(run)), declared)
            }
            Engine::Embedded => {
                let parsed = Parsed::new(file)?;
                let declared = parsed.declared.clone();
                (State::Embedded(Box::new(parsed)), declared)
            }
        };
        Ok(Self { state, declared })
    }

    pub(crate) fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Fixes the shape of the input.
    pub(crate) fn fix(self, input: &Port, dims: Vec<usize>) -> Result<Network, String> {
        let runner = match self.state {
            State::Installed(run) => Runner::Installed(run),
            State::Embedded(parsed) => Runner::Embedded(parsed.fix(input, &dims)?),
        };
        Ok(Network {
            runner,
            input: input.clone(),
            dims,
        })
    }
}

impl Network {
    /// Whether a graphics card or another accelerator runs it, so that a second instance would gain nothing.
    pub(crate) fn is_accelerated(&self) -> bool {
        match &self.runner {
            Runner::Installed(run) => run.provider != super::provider::Provider::Cpu,
            Runner::Embedded(_) => false,
        }
    }

    /// "ONNX Runtime on CUDA"
    pub(crate) fn shown(&self) -> String {
        match &self.runner {
            Runner::Installed(run) => format!("ONNX Runtime on {}", run.provider.name()),
            Runner::Embedded(_) => "tract on the processor".to_owned(),
        }
    }

    /// A second instance for another thread; `None` if that would cost memory.
    pub(crate) fn share(&self) -> Option<Self> {
        match &self.runner {
            Runner::Installed(_) => None,
            Runner::Embedded(plan) => Some(Self {
                runner: Runner::Embedded(plan.clone()),
                input: self.input.clone(),
                dims: self.dims.clone(),
            }),
        }
    }

    pub(crate) fn run(&mut self, values: Values) -> Result<Outputs, String> {
        match &mut self.runner {
            Runner::Installed(run) => run.run(&self.input.name, &self.dims, values),
            Runner::Embedded(plan) => plan.run(&self.dims, values),
        }
    }
}
