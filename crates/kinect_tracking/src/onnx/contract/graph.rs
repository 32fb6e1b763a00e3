//! The inputs and outputs that a graph declares, and the outputs that were named by hand.

use crate::onnx::runtime::{Declared, Port, shown_pattern};
use crate::onnx::settings::ModelLayout;

/// A graph that adapters look at.
pub(super) struct Graph<'a> {
    pub(super) declared: &'a Declared,
    pub(super) layout: &'a ModelLayout,
}

impl Graph<'_> {
    /// The output with the number `index` in the contract's list: the output that was named by hand, the one with the
    /// usual name, or the only one of that shape. 0 in the pattern stands for any size. An output whose shape the file
    /// does not give is accepted only if it was named, or if the contract was set by hand.
    pub(super) fn output(
        &self,
        index: usize,
        usual_name: &str,
        pattern: &[usize],
    ) -> Result<&Port, String> {
        let outputs = &self.declared.outputs;
        let is_set = self.layout.contract.is_some();
        if let Some(name) = self.layout.outputs.get(index) {
            let port = outputs
                .iter()
                .find(|port| port.name == *name)
                .ok_or_else(|| format!("it has no output `{name}`; {}", self.declared.shown()))?;
            return if port.dims.is_empty() || port.is_like(pattern) {
                Ok(port)
            } else {
                Err(format!(
                    "its output is {}; expected {}",
                    port.shown(),
                    shown_pattern(pattern)
                ))
            };
        }
        let usual = outputs.iter().find(|port| port.name == usual_name);
        if let Some(port) = usual
            && (port.is_surely(pattern)
                || is_set && (port.dims.is_empty() || port.is_like(pattern)))
        {
            return Ok(port);
        }
        let mut fitting = outputs.iter().filter(|port| port.is_surely(pattern));
        match (fitting.next(), fitting.next()) {
            (Some(port), None) => Ok(port),
            (Some(a), Some(b)) => Err(format!(
                "both {} and {} may be the output `{usual_name}`; name the outputs by hand",
                a.shown(),
                b.shown()
            )),
            (None, _) => Err(format!(
                "it has no output `{usual_name}` {}",
                shown_pattern(pattern)
            )),
        }
    }
}
