//! A look into a network: norms of its parameters and statistics of its activations (Figure 8).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::ResNet;

/// Images that activations are measured on: enough for stable statistics, few enough that a look costs less than a
/// hundredth of an epoch.
pub const PROBE_IMAGES: usize = 256;

/// When a stage's model was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// As the task before left it, or as it was initialised.
    Received,
    /// After the interventions, before the first step.
    Start,
    /// After this epoch, from 1.
    Epoch(usize),
}

/// Norms of one parameter tensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterNorms {
    /// torchvision's name.
    pub parameter: String,
    /// How many numbers it has.
    pub elements: usize,
    /// L2 norm.
    #[serde(with = "nullable")]
    pub l2: f64,
    /// Mean absolute value.
    #[serde(with = "nullable")]
    pub mean_abs: f64,
    /// L2 distance to its initial value.
    #[serde(with = "nullable")]
    pub l2_from_initial: f64,
    /// L2 distance to its value at the end of the task before (its initial value where there was none).
    #[serde(with = "nullable")]
    pub l2_from_previous: f64,
}

/// Statistics of the output of one ReLU over the probe's images, all positions and all channels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationStatistics {
    /// Name of the ReLU, as [`ResNet::activations`] gives it.
    pub layer: String,
    /// Mean.
    #[serde(with = "nullable")]
    pub mean: f64,
    /// Standard deviation (of the population).
    #[serde(with = "nullable")]
    pub std: f64,
    /// Share of outputs that are zero, 0 to 1.
    #[serde(with = "nullable")]
    pub zero_share: f64,
    /// Share of units (channels) that are zero for every image at every position, 0 to 1.
    #[serde(with = "nullable")]
    pub silent_share: f64,
}

/// One look at a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Every parameter, in torchvision's order.
    pub parameters: Vec<ParameterNorms>,
    /// Every ReLU, in depth order.
    pub activations: Vec<ActivationStatistics>,
}

/// What a stage's model is held against, and the images it is shown.
pub struct Probe {
    initial: Vec<Tensor>,
    previous: Vec<Tensor>,
    images: Tensor,
    received: Measurement,
}

impl Probe {
    /// A probe of a stage that receives `model`, whose parameters were `initial` (in their order) before all training, with
    /// `images` (B×C×H×W in the compute type) to activate it.
    pub fn new(model: &ResNet, initial: Vec<Tensor>, images: Tensor) -> Self {
        let previous = copies(model);
        let received = measure(model, &initial, &previous, &images);
        Self { initial, previous, images, received }
    }

    /// What the stage received.
    pub fn received(&self) -> &Measurement {
        &self.received
    }

    /// Looks at the model. One whose parameters are those it was received with looks as it did then: activations do not
    /// depend on anything else.
    pub fn measure(&self, model: &ResNet) -> Measurement {
        let moved = model.parameters().iter().zip(&self.previous).any(|((_, now), then)| !now.equal(then));
        if moved { measure(model, &self.initial, &self.previous, &self.images) } else { self.received.clone() }
    }

    /// Copies of the parameters of `model`, in their order.
    pub fn parameters_of(model: &ResNet) -> Vec<Tensor> {
        copies(model)
    }
}

fn copies(model: &ResNet) -> Vec<Tensor> {
    model.parameters().iter().map(|(_, tensor)| tensor.detach().copy()).collect()
}

fn measure(model: &ResNet, initial: &[Tensor], previous: &[Tensor], images: &Tensor) -> Measurement {
    let parameters = model.parameters();
    let rows = parameters.iter().zip(initial).zip(previous).map(|(((_, tensor), initial), previous)| {
        let tensor = tensor.detach().to_kind(Kind::Double);
        let distance = |other: &Tensor| (&tensor - other.to_kind(Kind::Double)).norm();
        Tensor::stack(&[tensor.norm(), tensor.abs().mean(Kind::Double), distance(initial), distance(previous)], 0)
    });
    let norms = numbers(&rows.collect::<Vec<_>>());
    let (mut layers, mut rows) = (Vec::new(), Vec::new());
    model.activations(images, &mut |name, output| {
        let output = output.to_kind(Kind::Float);
        // Places along the first dimension, channels along the second: no copy where memory is channels-last.
        let zeros = output.eq(0.0).permute([0, 2, 3, 1]).flatten(0, 2);
        let places = zeros.size()[0];
        let zeros = zeros.sum_dim_intlist([0i64].as_slice(), false, Kind::Int64);
        let values = [
            output.mean(Kind::Double),
            output.std(false).to_kind(Kind::Double),
            zeros.to_kind(Kind::Double).mean(Kind::Double) / places as f64,
            zeros.eq(places).mean(Kind::Double),
        ];
        layers.push(name.to_owned());
        rows.push(Tensor::stack(&values, 0));
    });
    let statistics = numbers(&rows);
    Measurement {
        parameters: parameters
            .iter()
            .zip(norms)
            .map(|((name, tensor), [l2, mean_abs, l2_from_initial, l2_from_previous])| ParameterNorms {
                parameter: name.clone(),
                elements: tensor.numel(),
                l2,
                mean_abs,
                l2_from_initial,
                l2_from_previous,
            })
            .collect(),
        activations: layers
            .into_iter()
            .zip(statistics)
            .map(|(layer, [mean, std, zero_share, silent_share])| ActivationStatistics {
                layer,
                mean,
                std,
                zero_share,
                silent_share,
            })
            .collect(),
    }
}

/// Rows of four numbers, fetched from their device at once.
fn numbers(rows: &[Tensor]) -> Vec<[f64; 4]> {
    let all = Tensor::stack(rows, 0).to_device(tch::Device::Cpu).flatten(0, -1);
    let all = Vec::<f64>::try_from(&all).expect("float64 numbers");
    all.chunks_exact(4).map(|row| [row[0], row[1], row[2], row[3]]).collect()
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received => f.write_str("received"),
            Self::Start => f.write_str("start"),
            Self::Epoch(epoch) => write!(f, "{epoch}"),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "received" => Ok(Self::Received),
            "start" => Ok(Self::Start),
            epoch => epoch
                .parse()
                .map(Self::Epoch)
                .map_err(|_| format!("`{text}` is no moment; allowed: received, start, or an epoch's number")),
        }
    }
}

/// Numbers that may not be finite, which JSON has no sign for, as `null`.
mod nullable {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() { serializer.serialize_f64(*value) } else { serializer.serialize_none() }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::{Init, ModelSpec, Stem};
    use tch::Device;

    fn net(seed: u64) -> ResNet {
        let spec = ModelSpec { width: 4, stem: Stem::Conv3, init: Init::Pytorch };
        ResNet::new(&spec, 3, seed, Kind::Float, Device::Cpu)
    }

    /// Images without libtorch's random generator, which nothing here may touch.
    fn images() -> Tensor {
        (Tensor::arange(8 * 3 * 8 * 8, (Kind::Float, Device::Cpu)) * 12.9898).sin().view([8, 3, 8, 8])
    }

    #[test]
    fn norms_are_those_of_the_tensors() {
        let model = net(0);
        let probe = Probe::new(&model, Probe::parameters_of(&model), images());
        let fc = |m: &Measurement| m.parameters.iter().find(|p| p.parameter == "fc.bias").unwrap().clone();
        assert_eq!(fc(probe.received()).l2_from_initial, 0.0);
        let mut bias = model.biases().pop().unwrap().1;
        tch::no_grad(|| bias.copy_(&Tensor::from_slice(&[3.0f32, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])));
        let after = fc(&probe.measure(&model));
        assert_eq!((after.elements, after.l2, after.mean_abs), (10, 5.0, 0.7));
        let before = Vec::<f32>::try_from(&probe.previous[61]).unwrap();
        let moved: f64 = before
            .iter()
            .zip([3.0, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
            .map(|(&a, b)| (f64::from(a) - b).powi(2))
            .sum();
        assert!((after.l2_from_previous - moved.sqrt()).abs() < 1e-12);
        assert_eq!(after.l2_from_previous, after.l2_from_initial);
    }

    #[test]
    fn activations_are_those_of_every_relu() {
        let model = net(0);
        let probe = Probe::new(&model, Probe::parameters_of(&model), images());
        let layers: Vec<&str> = probe.received().activations.iter().map(|a| a.layer.as_str()).collect();
        assert_eq!(layers.len(), 17);
        assert_eq!((layers[0], layers[1], layers[16]), ("relu", "layer1.0.relu1", "layer4.1.relu2"));
        // After BatchNorm with shift 0, about half of the outputs are zero, and no channel is.
        let first = &probe.received().activations[0];
        assert!((0.3..0.7).contains(&first.zero_share), "{first:?}");
        assert_eq!(first.silent_share, 0.0);
        // A channel shifted far down is silent, and only that one.
        let (name, mut shift) = model.biases().swap_remove(0);
        assert_eq!(name, "bn1.bias");
        let _ = tch::no_grad(|| shift.get(1).fill_(-100.0));
        assert_eq!(probe.measure(&model).activations[0].silent_share, 0.25);
        let _ = shift.requires_grad_(true);
    }

    #[test]
    fn a_look_changes_nothing() {
        let model = net(0);
        let before: Vec<Tensor> = model.buffers().iter().map(|(_, t)| t.copy()).collect();
        let probe = Probe::new(&model, Probe::parameters_of(&model), images());
        let (_, mut bias) = model.biases().pop().unwrap();
        let value = bias.copy();
        let _ = tch::no_grad(|| bias.g_add_scalar_(1.0));
        assert_ne!(&probe.measure(&model), probe.received());
        tch::no_grad(|| bias.copy_(&value));
        assert_eq!(&probe.measure(&model), probe.received());
        assert!(model.buffers().iter().zip(&before).all(|((_, now), before)| now.equal(before)));
    }

    #[test]
    fn what_is_not_finite_survives_a_checkpoint() {
        let row = ActivationStatistics {
            layer: "relu".into(),
            mean: f64::INFINITY,
            std: f64::NAN,
            zero_share: 0.5,
            silent_share: 0.0,
        };
        let back: ActivationStatistics = serde_json::from_str(&serde_json::to_string(&row).unwrap()).unwrap();
        assert!(back.mean.is_nan() && back.std.is_nan() && back.zero_share == 0.5);
    }

    #[test]
    fn moments_read_back() {
        for moment in [Moment::Received, Moment::Start, Moment::Epoch(12)] {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert!("later".parse::<Moment>().is_err());
    }
}
