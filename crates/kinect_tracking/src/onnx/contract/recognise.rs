//! Recognises the contract of a graph.

use super::adapter::Adapter;
use super::blazepose::BlazePose;
use super::blazepose_detector::BlazePoseDetector;
use super::graph::Graph;
use super::heatmaps::Heatmaps;
use super::movenet::MoveNet;
use super::movenet_multi::MoveNetMulti;
use super::rtmo::Rtmo;
use super::simcc::SimCc;
use super::yolo::YoloPose;
use crate::onnx::runtime::Declared;
use crate::onnx::settings::{Contract, ModelLayout};

/// The contracts with the most distinctive outputs come first.
const ORDER: [Contract; 8] = [
    Contract::BlazePose,
    Contract::BlazePoseDetector,
    Contract::MoveNetMulti,
    Contract::MoveNetSingle,
    Contract::Rtmo,
    Contract::YoloPose,
    Contract::SimCc,
    Contract::Heatmaps,
];

/// The adapter for a graph: the adapter of the contract that was set by hand, or the first one that fits.
pub(in crate::onnx) fn recognise(
    declared: &Declared,
    layout: &ModelLayout,
) -> Result<Box<dyn Adapter>, String> {
    let graph = Graph { declared, layout };
    if let Some(contract) = layout.contract {
        return adapt(contract, &graph).map_err(|why| {
            format!(
                "it does not fit the contract {}: {why}; {}",
                contract.name(),
                declared.shown()
            )
        });
    }
    ORDER
        .into_iter()
        .find_map(|contract| adapt(contract, &graph).ok())
        .ok_or_else(|| {
            format!(
                "it is not a known pose network: {}. The known contracts are {}; if the model has one of them, set the contract by hand",
                declared.shown(),
                Contract::ALL.map(Contract::name).join(", ")
            )
        })
}

fn adapt(contract: Contract, graph: &Graph) -> Result<Box<dyn Adapter>, String> {
    Ok(match contract {
        Contract::SimCc => Box::new(SimCc::adapt(graph)?),
        Contract::Heatmaps => Box::new(Heatmaps::adapt(graph)?),
        Contract::MoveNetSingle => Box::new(MoveNet::adapt(graph)?),
        Contract::MoveNetMulti => Box::new(MoveNetMulti::adapt(graph)?),
        Contract::BlazePoseDetector => Box::new(BlazePoseDetector::adapt(graph)?),
        Contract::BlazePose => Box::new(BlazePose::adapt(graph)?),
        Contract::Rtmo => Box::new(Rtmo::adapt(graph)?),
        Contract::YoloPose => Box::new(YoloPose::adapt(graph)?),
    })
}
