//! The execution providers of ONNX Runtime, which run networks.

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use crate::onnx::settings::Processor;

/// An execution provider, the fastest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    TensorRt,
    Cuda,
    DirectMl,
    CoreMl,
    Cpu,
}

impl Provider {
    /// The providers that a setting allows, in the order in which they are tried. The processor is always the last one.
    pub(super) fn wanted(processor: Processor) -> &'static [Self] {
        match processor {
            // TensorRT needs minutes to prepare a network, so it is used only if the settings name it.
            Processor::Gpu => &[Self::Cuda, Self::DirectMl, Self::CoreMl, Self::Cpu],
            Processor::Cpu => &[Self::Cpu],
            Processor::Cuda => &[Self::Cuda, Self::Cpu],
            Processor::TensorRt => &[Self::TensorRt, Self::Cuda, Self::Cpu],
            Processor::DirectMl => &[Self::DirectMl, Self::Cpu],
            Processor::CoreMl => &[Self::CoreMl, Self::Cpu],
        }
    }

    /// The name, for display.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TensorRt => "TensorRT",
            Self::Cuda => "CUDA",
            Self::DirectMl => "DirectML",
            Self::CoreMl => "CoreML",
            Self::Cpu => "the processor",
        }
    }

    /// Whether the installed ONNX Runtime contains the provider.
    pub(super) fn is_built_in(self) -> bool {
        let there = match self {
            Self::TensorRt => ep::TensorRT::is_available(),
            Self::Cuda => ep::CUDA::is_available(),
            Self::DirectMl => ep::DirectML::is_available(),
            Self::CoreMl => ep::CoreML::is_available(),
            Self::Cpu => return true,
        };
        there.unwrap_or(false)
    }

    /// The provider for a session; `None` for the processor, which every session has.
    pub(super) fn dispatch(self, device: u32) -> Option<ExecutionProviderDispatch> {
        let device = i32::try_from(device).unwrap_or(i32::MAX);
        let dispatch = match self {
            Self::TensorRt => ep::TensorRT::default().with_device_id(device).build(),
            Self::Cuda => ep::CUDA::default().with_device_id(device).build(),
            Self::DirectMl => ep::DirectML::default().with_device_id(device).build(),
            Self::CoreMl => ep::CoreML::default().build(),
            Self::Cpu => return None,
        };
        Some(dispatch.error_on_failure())
    }
}
