//! Inputs and outputs of networks.

/// The numbers that a tensor is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    F32,
    I32,
    U8,
    Other,
}

/// An input or output as the graph declares it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Port {
    pub(crate) name: String,
    pub(crate) element: Element,
    /// `None` for a size that the graph leaves open.
    pub(crate) dims: Vec<Option<usize>>,
}

impl Port {
    /// Whether the sizes fit a pattern, in which 0 stands for any size.
    pub(crate) fn is_like(&self, pattern: &[usize]) -> bool {
        self.dims.len() == pattern.len()
            && (self.dims.iter())
                .zip(pattern)
                .all(|(dim, &wanted)| wanted == 0 || dim.is_none_or(|dim| dim == wanted))
    }

    /// Like [`is_like`](Self::is_like), but every size in the pattern other than 0 must be known.
    pub(crate) fn is_surely(&self, pattern: &[usize]) -> bool {
        self.dims.len() == pattern.len()
            && (self.dims.iter())
                .zip(pattern)
                .all(|(dim, &wanted)| wanted == 0 || *dim == Some(wanted))
    }

    /// "`output_0` [1, 6, 56]", with ? for open sizes.
    pub(crate) fn shown(&self) -> String {
        let dims: Vec<String> = self
            .dims
            .iter()
            .map(|dim| dim.map_or_else(|| "?".to_owned(), |dim| dim.to_string()))
            .collect();
        format!("`{}` [{}]", self.name, dims.join(", "))
    }
}

/// The inputs and outputs that a graph declares.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Declared {
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
}

impl Declared {
    /// "inputs `input` [1, 3, 256, 192]; outputs …"
    pub(crate) fn shown(&self) -> String {
        let list = |ports: &[Port]| ports.iter().map(Port::shown).collect::<Vec<_>>().join(", ");
        format!(
            "its inputs are {}; its outputs are {}",
            list(&self.inputs),
            list(&self.outputs)
        )
    }
}

/// The numbers of an input.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    F32(Vec<f32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
}

/// An output of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) dims: Vec<usize>,
    /// Empty for outputs that are not made of 32-bit floats.
    pub(crate) values: Vec<f32>,
}

/// The outputs of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outputs(pub(crate) Vec<Output>);

impl Outputs {
    /// The output of this name, with the given sizes (0 = any).
    pub(crate) fn get(&self, name: &str, pattern: &[usize]) -> Result<&Output, String> {
        let output = self
            .0
            .iter()
            .find(|output| output.name == name)
            .ok_or_else(|| format!("the network gave no output `{name}`"))?;
        let fits = output.dims.len() == pattern.len()
            && (output.dims.iter())
                .zip(pattern)
                .all(|(dim, wanted)| *wanted == 0 || dim == wanted);
        if !fits || output.values.len() != output.dims.iter().product::<usize>() {
            return Err(format!(
                "the output `{name}` has the shape {:?} and {} numbers; expected {} as 32-bit floats",
                output.dims,
                output.values.len(),
                shown_pattern(pattern)
            ));
        }
        if output.values.iter().any(|value| value.is_nan()) {
            return Err(format!("the output `{name}` holds NaN"));
        }
        Ok(output)
    }
}

/// The probability that a logit, as networks give it, stands for.
pub(crate) fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// "[1, ?, 56]"
pub(crate) fn shown_pattern(pattern: &[usize]) -> String {
    let dims: Vec<String> = pattern
        .iter()
        .map(|dim| {
            if *dim == 0 {
                "?".to_owned()
            } else {
                dim.to_string()
            }
        })
        .collect();
    format!("[{}]", dims.join(", "))
}
