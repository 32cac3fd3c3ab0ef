//! Norms and activations of one network at one moment.

use std::collections::HashMap;

use training::{ACTIVATIONS, Layout, NORMS, ParameterKind};

/// What the measures of norms and activations found at one moment.
#[derive(Default)]
pub(super) struct Look(HashMap<(String, String, String), f64>);

impl Look {
    pub fn add(&mut self, measure: &str, subject: &str, name: &str, value: f64) {
        self.0.insert((measure.to_owned(), subject.to_owned(), name.to_owned()), value);
    }

    /// The number called `name` of a parameter; not a number where it was not measured.
    pub fn norm(&self, parameter: &str, name: &str) -> f64 {
        self.value(NORMS, parameter, name)
    }

    /// The number called `name` of a non-linearity's output.
    pub fn activation(&self, activation: &str, name: &str) -> f64 {
        self.value(ACTIVATIONS, activation, name)
    }

    fn value(&self, measure: &str, subject: &str, name: &str) -> f64 {
        let key = (measure.to_owned(), subject.to_owned(), name.to_owned());
        self.0.get(&key).copied().unwrap_or(f64::NAN)
    }
}

/// Norms of a set of parameters taken as one vector; not numbers where there are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Totals {
    pub l2_norm: f64,
    pub mean_abs: f64,
    pub distance_from_initialisation: f64,
    pub distance_from_previous_task: f64,
}

impl Totals {
    /// Those of the parameters whose kind `chosen` says yes to.
    pub fn of(look: &Look, layout: &Layout, chosen: impl Fn(ParameterKind) -> bool) -> Self {
        let places: Vec<_> = layout.parameters.iter().filter(|place| chosen(place.kind)).collect();
        let elements: usize = places.iter().map(|place| place.elements).sum();
        if elements == 0 {
            let [l2_norm, mean_abs, distance_from_initialisation, distance_from_previous_task] = [f64::NAN; 4];
            return Self { l2_norm, mean_abs, distance_from_initialisation, distance_from_previous_task };
        }
        let root = |name: &str| places.iter().map(|p| look.norm(&p.name, name).powi(2)).sum::<f64>().sqrt();
        let absolute = |p: &&training::ParameterPlace| look.norm(&p.name, "mean_abs") * p.elements as f64;
        Self {
            l2_norm: root("l2_norm"),
            mean_abs: places.iter().map(absolute).sum::<f64>() / elements as f64,
            distance_from_initialisation: root("distance_from_initialisation"),
            distance_from_previous_task: root("distance_from_previous_task"),
        }
    }
}

/// What a look says of the network as a whole.
pub(super) struct Whole {
    pub weights: Totals,
    pub shifts: Totals,
    pub classifier: Totals,
    pub biases: Totals,
    pub all: Totals,
    /// Mean over the non-linearities of the share of outputs that are zero.
    pub sparsity: f64,
    /// Mean over the non-linearities of the share of units that never fire.
    pub dead_units: f64,
}

impl Whole {
    pub fn of(look: &Look, layout: &Layout) -> Self {
        let totals = |chosen: fn(ParameterKind) -> bool| Totals::of(look, layout, chosen);
        let layers = &layout.activations;
        let mean = |name: &str| {
            layers.iter().map(|layer| look.activation(&layer.name, name)).sum::<f64>() / layers.len() as f64
        };
        Self {
            weights: totals(ParameterKind::is_weight),
            shifts: totals(|kind| kind == ParameterKind::NormShift),
            classifier: totals(|kind| kind == ParameterKind::ClassifierBias),
            biases: totals(ParameterKind::is_bias),
            all: totals(|_| true),
            sparsity: mean("sparsity"),
            dead_units: mean("dead_units"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use training::ParameterPlace;

    #[test]
    fn totals_are_those_of_one_long_vector() {
        let place = |name: &str, kind| ParameterPlace {
            name: name.to_owned(),
            kind,
            part: "stem".into(),
            shortcut: false,
            elements: 2,
        };
        let layout = Layout {
            parameters: vec![
                place("bn1.bias", ParameterKind::NormShift),
                place("fc.bias", ParameterKind::ClassifierBias),
                place("conv1.weight", ParameterKind::Weight),
            ],
            activations: Vec::new(),
            activation_elements: 0,
            multiply_adds: 0,
        };
        // The vectors (3, 0), (0, −4) and (9, 9).
        let mut look = Look::default();
        for (name, l2_norm, mean_abs) in [("bn1.bias", 3.0, 1.5), ("fc.bias", 4.0, 2.0), ("conv1.weight", 12.7, 9.0)] {
            look.add(NORMS, name, "l2_norm", l2_norm);
            look.add(NORMS, name, "mean_abs", mean_abs);
            look.add(NORMS, name, "distance_from_initialisation", l2_norm / 2.0);
            look.add(NORMS, name, "distance_from_previous_task", 0.0);
        }
        let biases = Totals::of(&look, &layout, ParameterKind::is_bias);
        assert_eq!((biases.l2_norm, biases.mean_abs), (5.0, 1.75));
        assert_eq!((biases.distance_from_initialisation, biases.distance_from_previous_task), (2.5, 0.0));
        assert_eq!(Totals::of(&look, &layout, |kind| kind == ParameterKind::ClassifierBias).l2_norm, 4.0);
        assert!(Totals::of(&look, &layout, |kind| kind == ParameterKind::Bias).l2_norm.is_nan());
    }
}
