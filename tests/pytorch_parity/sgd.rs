//! Ten steps of SGD on fixed gradients.

use paths::{Carry, LearningProcess};
use tch::Tensor;
use training::{Parameter, ParameterKind, Sgd};

use crate::fixture::{distance, filled, get, json, tensors};
use crate::place::{CPU, Place};

const SHAPES: [(&str, &[i64]); 4] =
    [("fc1.weight", &[6, 4]), ("fc1.bias", &[6]), ("fc2.weight", &[3, 6]), ("fc2.bias", &[3])];

#[test]
fn parameters_and_momentum_follow_pytorch() {
    ten_steps(&CPU);
}

pub fn ten_steps(place: &Place) {
    let (reference, expected) = (json("sgd.json"), tensors("sgd.safetensors"));
    let cases = reference["cases"].as_object().unwrap();
    assert_eq!(cases.len(), 5);
    for (case, phases) in cases {
        let parameters: Vec<Parameter> = SHAPES
            .iter()
            .map(|(name, shape)| Parameter {
                name: name.to_string(),
                kind: if shape.len() > 1 { ParameterKind::Weight } else { ParameterKind::Bias },
                part: String::new(),
                block: String::new(),
                shortcut: false,
                scale_invariant: false,
                tensor: filled(&format!("sgd.start.{name}"), shape, 0.0, 0.5)
                    .to_device(place.device)
                    .set_requires_grad(true),
            })
            .collect();
        let mut step = 0;
        for phase in phases.as_array().unwrap() {
            let number = |key: &str| phase[key].as_f64().unwrap();
            let process = LearningProcess {
                lr: number("learning_rate"),
                momentum: number("momentum"),
                weight_decay: number("weight_decay"),
                batch_size: 1,
                max_epochs: 1,
                patience: 1,
                carry: Carry::Last,
                ..LearningProcess::default()
            };
            let mut optimiser = Sgd::new(&parameters, &process);
            for _ in 0..phase["steps"].as_u64().unwrap() {
                step += 1;
                let gradient = |(name, shape): &(&str, &[i64])| {
                    filled(&format!("sgd.grad.{step}.{name}"), shape, 0.1, 1.0).to_device(place.device)
                };
                optimiser.step(&SHAPES.iter().map(gradient).collect::<Vec<Tensor>>());
                for (Parameter { name, tensor, .. }, (_, momentum)) in parameters.iter().zip(optimiser.momentum()) {
                    let key = format!("{case}.{step}.{name}");
                    let error = distance(&tensor.detach(), get(&expected, &key));
                    assert!(error < 1e-6 * place.slack, "{key} differs by {error:e}");
                    if process.momentum > 0.0 {
                        let error = distance(momentum, get(&expected, &format!("{key}.momentum")));
                        assert!(error < 2e-6 * place.slack, "{key}.momentum differs by {error:e}");
                    }
                }
            }
        }
        assert_eq!(step, 10, "{case}");
    }
}
