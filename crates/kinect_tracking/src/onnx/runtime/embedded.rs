//! Networks in tract, which is built in. tract may panic on invalid models, so panics are caught.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dim;
use tract_onnx::pb::type_proto::Value as Type;
use tract_onnx::pb::{ModelProto, ValueInfoProto};
use tract_onnx::prelude::{
    DatumType, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable,
    IntoTValue, Tensor, TractError, TypedSimplePlan, tvec,
};

use super::file::ModelFile;
use super::tensor::{Declared, Element, Output, Outputs, Port, Values};

/// A graph whose input has no fixed shape yet.
pub(super) struct Parsed {
    model: InferenceModel,
    pub(super) declared: Declared,
}

/// A graph that can be run, by several threads at a time.
#[derive(Clone)]
pub(super) struct Plan {
    plan: Arc<TypedSimplePlan>,
    outputs: Vec<String>,
}

impl Parsed {
    pub(super) fn new(file: &ModelFile) -> Result<Self, String> {
        caught(|| {
            let onnx = tract_onnx::onnx();
            let proto = onnx
                .proto_model_for_read(&mut &*file.bytes)
                .map_err(|e| format!("it is no ONNX model: {}", told(&e)))?;
            let declared = declared(&proto)?;
            let folder = file.path.parent().and_then(|folder| folder.to_str());
            let parsed = onnx.parse(&proto, folder).map_err(|e| told(&e))?;
            if let Some(name) = parsed.unresolved_inputs.first() {
                return Err(format!("no node of the graph gives `{name}`"));
            }
            Ok(Self {
                model: parsed.model,
                declared,
            })
        })
    }

    /// Fixes the input's shape and prepares the graph.
    pub(super) fn fix(self, input: &Port, dims: &[usize]) -> Result<Plan, String> {
        let outputs = (self.declared.outputs.iter())
            .map(|port| port.name.clone())
            .collect();
        let dt = match input.element {
            Element::F32 => DatumType::F32,
            Element::I32 => DatumType::I32,
            Element::U8 => DatumType::U8,
            Element::Other => {
                return Err(format!(
                    "its input {} is made of neither 32-bit floats nor 32-bit integers nor bytes",
                    input.shown()
                ));
            }
        };
        caught(|| {
            let plan = self
                .model
                .with_input_fact(0, InferenceFact::dt_shape(dt, dims))
                .and_then(InferenceModelExt::into_optimized)
                .and_then(IntoRunnable::into_runnable)
                .map_err(|e| told(&e))?;
            Ok(Plan { plan, outputs })
        })
    }
}

impl Plan {
    pub(super) fn run(&self, dims: &[usize], values: Values) -> Result<Outputs, String> {
        caught(|| {
            let input = match values {
                Values::F32(values) => Tensor::from_shape(dims, &values),
                Values::I32(values) => Tensor::from_shape(dims, &values),
                Values::U8(values) => Tensor::from_shape(dims, &values),
            }
            .map_err(|e| told(&e))?;
            let outputs = self
                .plan
                .run(tvec!(input.into_tvalue()))
                .map_err(|e| told(&e))?;
            let outputs = outputs
                .into_iter()
                .zip(&self.outputs)
                .map(|(tensor, name)| Output {
                    name: name.clone(),
                    dims: tensor.shape().to_vec(),
                    values: if tensor.datum_type() == DatumType::F32 {
                        tensor
                            .to_plain_array_view::<f32>()
                            .map(|view| view.iter().copied().collect())
                            .unwrap_or_default()
                    } else {
                        Vec::new()
                    },
                })
                .collect();
            Ok(Outputs(outputs))
        })
    }
}

/// The inputs and outputs that the file declares. Weights may be listed among the inputs.
fn declared(proto: &ModelProto) -> Result<Declared, String> {
    let graph = proto
        .graph
        .as_ref()
        .ok_or("it is no ONNX model: it holds no graph")?;
    let is_weight = |name: &str| graph.initializer.iter().any(|weight| weight.name == name);
    let declared = Declared {
        inputs: graph
            .input
            .iter()
            .filter(|input| !is_weight(&input.name))
            .map(port)
            .collect(),
        outputs: graph.output.iter().map(port).collect(),
    };
    for output in &declared.outputs {
        let is_made = graph
            .node
            .iter()
            .any(|node| node.output.contains(&output.name))
            || is_weight(&output.name)
            || graph.input.iter().any(|input| input.name == output.name);
        if !is_made {
            return Err(format!(
                "no node of the graph gives its output `{}`",
                output.name
            ));
        }
    }
    Ok(declared)
}

fn port(info: &ValueInfoProto) -> Port {
    let tensor = info.r#type.as_ref().and_then(|t| t.value.as_ref());
    let (element, dims) = match tensor {
        Some(Type::TensorType(tensor)) => (
            match DataType::try_from(tensor.elem_type) {
                Ok(DataType::Float) => Element::F32,
                Ok(DataType::Int32) => Element::I32,
                Ok(DataType::Uint8) => Element::U8,
                _ => Element::Other,
            },
            tensor.shape.as_ref().map_or(&[][..], |shape| &shape.dim),
        ),
        None => (Element::Other, &[][..]),
    };
    Port {
        name: info.name.clone(),
        element,
        dims: dims
            .iter()
            .map(|dim| match dim.value {
                Some(Dim::DimValue(size)) => usize::try_from(size).ok().filter(|size| *size > 0),
                _ => None,
            })
            .collect(),
    }
}

/// The text of an error with its causes: the first one names the node, the last one the reason.
fn told(error: &TractError) -> String {
    let mut causes: Vec<String> = error.chain().map(|cause| cause.to_string()).collect();
    causes.dedup();
    let text = causes.join(": ");
    // A cause may print a whole tensor.
    match text.char_indices().nth(600) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Calls tract; a panic becomes an error.
fn caught<T>(call: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        Err(format!(
            "tract, which runs it, panicked ({}); install ONNX Runtime or export the model anew",
            panic_text(&*panic)
        ))
    })
}

/// The message of a panic.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}
