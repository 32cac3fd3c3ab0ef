//! A perceptron of three linear layers with ReLUs between.

use tch::{Kind, Tensor};

use super::contract::{Activation, CLASSES, Input, Mode, NamedTensors, Network, Parameter, UnitLayer, Visitor};
use super::init::Initialiser;
use super::layers::{Layers, Linear, Place};
use super::masters::Masters;

/// Two hidden layers of one width, and the classifier.
pub(crate) struct Mlp {
    hidden: [Linear; 2],
    classifier: Linear,
    masters: Masters,
}

const RELUS: [Activation<'static>; 2] =
    [Activation { name: "relu1", part: "layer 1" }, Activation { name: "relu2", part: "layer 2" }];

impl Mlp {
    pub fn new(init: &mut Initialiser, width: usize, input: Input, compute: Kind) -> Self {
        let width = width as i64;
        let pixels = (input.channels * input.side * input.side) as i64;
        let hidden = [Linear::new(init, pixels, width), Linear::new(init, width, width)];
        let classifier = Linear::new(init, width, CLASSES as i64);
        Self { hidden, classifier, masters: init.finish(compute) }
    }

    fn layers(&self) -> Layers {
        let mut layers = Layers::default();
        for ((number, linear), relu) in (1..).zip(&self.hidden).zip(RELUS) {
            layers.linear(&format!("fc{number}"), linear, Place::on_main_path(relu.part));
        }
        layers.classifier("fc3", &self.classifier, Place::on_main_path("classifier"));
        layers
    }
}

impl Network for Mlp {
    fn run(&self, images: &Tensor, mode: Mode, visit: &mut Visitor<'_>) -> Tensor {
        let pass = self.masters.pass(mode);
        let mut x = images.flatten(1, -1);
        for (linear, relu) in self.hidden.iter().zip(RELUS) {
            x = linear.forward(&x, &pass).relu();
            visit(relu, &x);
        }
        self.classifier.forward(&x, &pass).to_kind(Kind::Float)
    }

    fn parameters(&self) -> Vec<Parameter> {
        self.layers().parameters
    }

    fn buffers(&self) -> NamedTensors {
        NamedTensors::new()
    }

    fn unit_layers(&self) -> Vec<UnitLayer> {
        vec![UnitLayer::new("relu1", &["fc1"], "fc2"), UnitLayer::new("relu2", &["fc2"], "fc3")]
    }

    fn compute(&self) -> Kind {
        self.masters.compute()
    }

    fn multiply_adds(&self, _: usize) -> u64 {
        self.hidden.iter().chain([&self.classifier]).map(Linear::multiply_adds).sum()
    }
}
