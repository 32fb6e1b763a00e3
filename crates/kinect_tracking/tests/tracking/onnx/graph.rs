//! Writes small ONNX files by hand: the few messages of its protobuf that a graph needs.

/// The numbers of a tensor.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Element {
    F32 = 1,
    I32 = 6,
}

/// An output: a constant, plus a factor for each number times the mean of the whole input.
pub(crate) struct Answer {
    pub(crate) name: &'static str,
    pub(crate) dims: Vec<i64>,
    pub(crate) constant: Vec<f32>,
    pub(crate) factor: Vec<f32>,
}

impl Answer {
    pub(crate) fn new(name: &'static str, dims: &[i64]) -> Self {
        let count = dims.iter().product::<i64>() as usize;
        Self {
            name,
            dims: dims.to_vec(),
            constant: vec![0.0; count],
            factor: vec![0.0; count],
        }
    }
}

/// A graph with one picture as its input, whose sizes may be open (0), and outputs that depend on its mean.
pub(crate) fn graph(input: &str, element: Element, dims: &[i64], answers: &[Answer]) -> Vec<u8> {
    let mut graph = Message::default();
    let mut source = input.to_owned();
    if element == Element::I32 {
        let mut cast = node("Cast", &[input], "as_float");
        cast.message(5, &integer_attribute("to", Element::F32 as i64));
        graph.message(1, &cast);
        source = "as_float".to_owned();
    }
    let mut mean = node("ReduceMean", &[&source], "mean");
    mean.message(5, &integer_attribute("keepdims", 0));
    graph.message(1, &mean);
    let mut weights = Vec::new();
    for answer in answers {
        let (constant, factor, product) = (
            format!("{}_constant", answer.name),
            format!("{}_factor", answer.name),
            format!("{}_product", answer.name),
        );
        graph.message(1, &node("Mul", &["mean", &factor], &product));
        graph.message(1, &node("Add", &[&product, &constant], answer.name));
        weights.push(tensor(&constant, &answer.dims, &answer.constant));
        weights.push(tensor(&factor, &answer.dims, &answer.factor));
    }
    graph.text(2, "by hand");
    for weight in &weights {
        graph.message(5, weight);
    }
    graph.message(11, &port(input, element, dims));
    for answer in answers {
        graph.message(12, &port(answer.name, Element::F32, &answer.dims));
    }
    model(&graph)
}

/// A model of one graph.
pub(crate) fn model(graph: &Message) -> Vec<u8> {
    let mut opset = Message::default();
    opset.text(1, "");
    opset.number(2, 13);
    let mut model = Message::default();
    model.number(1, 8);
    model.message(7, graph);
    model.message(8, &opset);
    model.0
}

/// One operation.
pub(crate) fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let mut node = Message::default();
    for input in inputs {
        node.text(1, input);
    }
    node.text(2, output);
    node.text(3, &format!("node_{output}"));
    node.text(4, operator);
    node
}

/// An input or output; a size of 0 is open.
pub(crate) fn port(name: &str, element: Element, dims: &[i64]) -> Message {
    let mut shape = Message::default();
    for &size in dims {
        let mut dim = Message::default();
        if size == 0 {
            dim.text(2, "open");
        } else {
            dim.number(1, size);
        }
        shape.message(1, &dim);
    }
    let mut tensor = Message::default();
    tensor.number(1, element as i64);
    tensor.message(2, &shape);
    let mut kind = Message::default();
    kind.message(1, &tensor);
    let mut port = Message::default();
    port.text(1, name);
    port.message(2, &kind);
    port
}

fn tensor(name: &str, dims: &[i64], values: &[f32]) -> Message {
    let mut tensor = Message::default();
    for &size in dims {
        tensor.number(1, size);
    }
    tensor.number(2, Element::F32 as i64);
    tensor.text(8, name);
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    tensor.bytes(9, &bytes);
    tensor
}

fn integer_attribute(name: &str, value: i64) -> Message {
    let mut attribute = Message::default();
    attribute.text(1, name);
    attribute.number(3, value);
    attribute.number(20, 2);
    attribute
}

/// A protobuf message.
#[derive(Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(crate) fn number(&mut self, field: u64, value: i64) {
        self.varint(field << 3);
        self.varint(value as u64);
    }

    pub(crate) fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint((field << 3) | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    pub(crate) fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }
}
