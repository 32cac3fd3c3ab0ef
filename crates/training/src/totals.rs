//! Norms of several parameters together, such as all biases of a network.

use crate::probe::ParameterNorms;

/// What a parameter does in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A weight of a convolution or of the classifier.
    Weight,
    /// A BatchNorm scale (γ, PyTorch's `weight`).
    Scale,
    /// A BatchNorm shift (β, PyTorch's `bias`).
    Shift,
    /// The classifier's bias.
    ClassifierBias,
}

impl ParameterKind {
    /// The kind of the parameter that torchvision calls `name`.
    pub fn of(name: &str) -> Self {
        let (module, leaf) = name.rsplit_once('.').unwrap_or(("", name));
        let last = module.rsplit('.').next().unwrap_or(module);
        match (leaf, module) {
            ("bias", "fc") => Self::ClassifierBias,
            ("bias", _) => Self::Shift,
            // In a shortcut, `downsample.0` is the convolution and `downsample.1` its BatchNorm.
            _ if last.starts_with("bn") || last == "1" => Self::Scale,
            _ => Self::Weight,
        }
    }

    /// Whether a bias reset moves it.
    pub fn is_bias(self) -> bool {
        matches!(self, Self::Shift | Self::ClassifierBias)
    }
}

/// Norms of a set of parameters taken as one vector.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// How many numbers there are.
    pub elements: usize,
    /// L2 norm.
    pub l2: f64,
    /// Mean absolute value; not a number where there are none.
    pub mean_abs: f64,
    /// L2 distance to the initial values.
    pub l2_from_initial: f64,
    /// L2 distance to the values at the end of the task before.
    pub l2_from_previous: f64,
}

impl Totals {
    /// Those of the parameters whose kind `chosen` says yes to.
    pub fn of(parameters: &[ParameterNorms], chosen: impl Fn(ParameterKind) -> bool) -> Self {
        let rows: Vec<&ParameterNorms> =
            parameters.iter().filter(|p| chosen(ParameterKind::of(&p.parameter))).collect();
        let elements: usize = rows.iter().map(|p| p.elements).sum();
        let root = |norm: fn(&ParameterNorms) -> f64| rows.iter().map(|p| norm(p).powi(2)).sum::<f64>().sqrt();
        Self {
            elements,
            l2: root(|p| p.l2),
            mean_abs: rows.iter().map(|p| p.mean_abs * p.elements as f64).sum::<f64>() / elements as f64,
            l2_from_initial: root(|p| p.l2_from_initial),
            l2_from_previous: root(|p| p.l2_from_previous),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ResNet;
    use paths::{Init, ModelSpec, Stem};
    use tch::{Device, Kind, Tensor};

    #[test]
    fn every_parameter_of_a_resnet_has_its_kind() {
        let spec = ModelSpec { width: 4, stem: Stem::Conv7, init: Init::Pytorch };
        let model = ResNet::new(&spec, 3, 0, Kind::Float, Device::Cpu);
        let count = |kind| model.parameters().iter().filter(|(name, _)| ParameterKind::of(name) == kind).count();
        let counts = [ParameterKind::Weight, ParameterKind::Scale, ParameterKind::Shift, ParameterKind::ClassifierBias];
        assert_eq!(counts.map(count), [21, 20, 20, 1]);
        // Convolutions and the classifier have matrices, everything else has vectors.
        for (name, tensor) in model.parameters() {
            assert_eq!(ParameterKind::of(&name) == ParameterKind::Weight, tensor.dim() > 1, "{name}");
        }
    }

    #[test]
    fn totals_are_those_of_one_long_vector() {
        let vectors = [("bn1.bias", [3.0, 0.0]), ("fc.bias", [0.0, -4.0]), ("conv1.weight", [9.0, 9.0])];
        let rows: Vec<ParameterNorms> = vectors
            .iter()
            .map(|(name, values)| {
                let tensor = Tensor::from_slice(values);
                let l2 = tensor.norm().double_value(&[]);
                let mean_abs = tensor.abs().mean(Kind::Double).double_value(&[]);
                let (l2_from_initial, l2_from_previous) = (l2 / 2.0, 0.0);
                let parameter = (*name).to_owned();
                ParameterNorms { parameter, elements: 2, l2, mean_abs, l2_from_initial, l2_from_previous }
            })
            .collect();
        let biases = Totals::of(&rows, ParameterKind::is_bias);
        assert_eq!((biases.elements, biases.l2, biases.mean_abs), (4, 5.0, 1.75));
        assert_eq!((biases.l2_from_initial, biases.l2_from_previous), (2.5, 0.0));
        assert_eq!(Totals::of(&rows, |kind| kind == ParameterKind::ClassifierBias).l2, 4.0);
    }
}
