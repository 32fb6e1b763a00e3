//! An installed ONNX Runtime. Its interface is global: the first library that loads stays for the whole process.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::{Tensor, TensorElementType, ValueType};

use super::embedded::panic_text;
use super::file::ModelFile;
use super::provider::Provider;
use super::tensor::{Declared, Element, Output, Outputs, Port, Values};
use crate::onnx::settings::Processor;

/// What has become of the one library that `ort` may be asked to load. After a library that it could not use, `ort` believes that
/// one is loaded, so it must never be asked again.
enum Loaded {
    Nothing,
    Library(Environment),
    Unusable(String),
}

static LOADED: Mutex<Loaded> = Mutex::new(Loaded::Nothing);

/// The variable that names the library's file.
const VARIABLE: &str = "ORT_DYLIB_PATH";

/// ONNX Runtime's environment; the error lists the places that were searched.
pub(super) fn environment(library: Option<&Path>) -> Result<Environment, String> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*loaded {
        Loaded::Nothing => {}
        Loaded::Library(environment) => return Ok(environment.clone()),
        Loaded::Unusable(why) => return Err(why.clone()),
    }
    let mut tried = Vec::new();
    for path in candidates(library) {
        if let Err(why) = k4a::load_for_good(&path) {
            tried.push(why);
            continue;
        }
        return match caught(|| load(&path)) {
            Ok(environment) => {
                *loaded = Loaded::Library(environment.clone());
                Ok(environment)
            }
            Err(why) => {
                let later = "another ONNX Runtime can be loaded after a restart of the program";
                *loaded = Loaded::Unusable(format!("{why}; {later}"));
                Err(why)
            }
        };
    }
    Err(tried.join("; "))
}

/// Whether the settings or the environment name a library.
pub(super) fn is_chosen(library: Option<&Path>) -> bool {
    chosen(library).is_some()
}

fn chosen(library: Option<&Path>) -> Option<PathBuf> {
    let set = env::var_os(VARIABLE).filter(|path| !path.is_empty());
    library.map(Path::to_owned).or(set.map(PathBuf::from))
}

/// The places to look in: only the place that was set, if one was set.
fn candidates(library: Option<&Path>) -> Vec<PathBuf> {
    if let Some(path) = chosen(library) {
        return vec![beside_the_program(path)];
    }
    let name = format!(
        "{}onnxruntime{}",
        env::consts::DLL_PREFIX,
        env::consts::DLL_SUFFIX
    );
    let mut names = vec![PathBuf::from(&name)];
    if cfg!(target_os = "linux") {
        // Packages without development files have only the file with the version in its name.
        names.push(PathBuf::from(format!("{name}.1")));
    }
    names.into_iter().map(beside_the_program).collect()
}

/// The library beside the program, if it is there: `ort` prefers it, too.
fn beside_the_program(path: PathBuf) -> PathBuf {
    let program = env::current_exe().ok();
    let beside = program.and_then(|program| Some(program.parent()?.join(&path)));
    beside.filter(|beside| beside.exists()).unwrap_or(path)
}

fn load(path: &Path) -> Result<Environment, String> {
    ort::init_from(path)
        .map_err(|e| e.to_string())?
        .with_name("bevy_kinect_azure")
        .with_telemetry(false)
        .build()
        .map_err(|e| e.message().to_owned())
}

/// A session and the execution provider that it got.
pub(super) struct Run {
    session: Session,
    pub(super) provider: Provider,
}

impl Run {
    /// Opens a session on the first execution provider that works; the notes say why those before it do not.
    pub(super) fn open(
        environment: &Environment,
        file: &ModelFile,
        processor: Processor,
        device: u32,
        threads: usize,
        notes: &mut Vec<String>,
    ) -> Result<Self, String> {
        let mut missing: Vec<(Provider, String)> = Vec::new();
        for &provider in Provider::wanted(processor) {
            // If the settings leave the provider open, only providers that this build contains are worth a note.
            let asked_for = processor != Processor::Gpu;
            if !caught(|| Ok(provider.is_built_in())).unwrap_or(false) {
                if asked_for {
                    missing.push((
                        provider,
                        "the installed ONNX Runtime was built without it".to_owned(),
                    ));
                }
                continue;
            }
            match caught(|| session(environment, file, provider, device, threads)) {
                Ok(session) => {
                    for (other, why) in &missing {
                        notes.push(format!(
                            "{} cannot be used ({why}); {} runs the network {}",
                            other.name(),
                            provider.name(),
                            file.name()
                        ));
                    }
                    if processor == Processor::Gpu
                        && provider == Provider::Cpu
                        && missing.is_empty()
                    {
                        notes.push(format!(
                            "the installed ONNX Runtime knows no graphics card; the processor runs the network {}",
                            file.name()
                        ));
                    }
                    return Ok(Self { session, provider });
                }
                Err(why) if provider == Provider::Cpu => return Err(why),
                Err(why) => missing.push((provider, why)),
            }
        }
        Err("ONNX Runtime has no execution provider for it".to_owned())
    }

    pub(super) fn declared(&self) -> Declared {
        let port = |outlet: &ort::value::Outlet| {
            let (element, dims) = match outlet.dtype() {
                ValueType::Tensor { ty, shape, .. } => (
                    match ty {
                        TensorElementType::Float32 => Element::F32,
                        TensorElementType::Int32 => Element::I32,
                        TensorElementType::Uint8 => Element::U8,
                        _ => Element::Other,
                    },
                    shape
                        .iter()
                        .map(|dim| usize::try_from(*dim).ok().filter(|dim| *dim > 0))
                        .collect(),
                ),
                _ => (Element::Other, Vec::new()),
            };
            Port {
                name: outlet.name().to_owned(),
                element,
                dims,
            }
        };
        Declared {
            inputs: self.session.inputs().iter().map(port).collect(),
            outputs: self.session.outputs().iter().map(port).collect(),
        }
    }

    pub(super) fn run(
        &mut self,
        input: &str,
        dims: &[usize],
        values: Values,
    ) -> Result<Outputs, String> {
        let told = |e: ort::Error| e.message().to_owned();
        caught(|| {
            let dims = dims.to_vec();
            let input_value = match values {
                Values::F32(values) => Tensor::from_array((dims, values)).map_err(told)?.into_dyn(),
                Values::I32(values) => Tensor::from_array((dims, values)).map_err(told)?.into_dyn(),
                Values::U8(values) => Tensor::from_array((dims, values)).map_err(told)?.into_dyn(),
            };
            let outputs = self
                .session
                .run(ort::inputs![input => input_value])
                .map_err(told)?;
            let outputs = outputs
                .iter()
                .map(|(name, value)| {
                    let (dims, values) = value
                        .try_extract_tensor::<f32>()
                        .map(|(shape, values)| {
                            (
                                shape.iter().map(|dim| *dim as usize).collect(),
                                values.to_vec(),
                            )
                        })
                        .unwrap_or_default();
                    Output {
                        name: name.to_owned(),
                        dims,
                        values,
                    }
                })
                .collect();
            Ok(Outputs(outputs))
        })
    }
}

fn session(
    environment: &Environment,
    file: &ModelFile,
    provider: Provider,
    device: u32,
    threads: usize,
) -> Result<Session, String> {
    let mut builder = Session::builder(environment)
        .map_err(|e| e.message().to_owned())?
        .with_optimization_level(GraphOptimizationLevel::All)
        .map_err(|e| e.message().to_owned())?
        .with_intra_threads(threads)
        .map_err(|e| e.message().to_owned())?
        // Threads that wait for the next capture would otherwise spin.
        .with_intra_op_spinning(false)
        .map_err(|e| e.message().to_owned())?;
    if let Some(dispatch) = provider.dispatch(device) {
        builder = builder
            .with_execution_providers([dispatch])
            .map_err(|e| e.message().to_owned())?;
    }
    let session = if file.is_on_disk {
        // The model is loaded from its file, so that weights in files beside it are found.
        builder.commit_from_file(&file.path)
    } else {
        builder.commit_from_memory(&file.bytes)
    };
    session.map_err(|e| e.message().to_owned())
}

/// Calls ONNX Runtime; a panic becomes an error.
fn caught<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(format!("ONNX Runtime panicked ({})", panic_text(&*panic))))
}
