//! The bias reset (paper, section on Figure 6).

use training::ResNet;

/// Adds `amount` to every bias of the network: the BatchNorm shifts and the classifier's bias.
pub fn bias_reset(model: &mut ResNet, amount: f64) {
    tch::no_grad(|| {
        for (_, mut bias) in model.biases() {
            let _ = bias.g_add_scalar_(amount);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::{Init, ModelSpec, Stem};
    use tch::{Device, Kind};

    #[test]
    fn every_bias_moves_by_the_amount_and_nothing_else_moves() {
        let spec = ModelSpec { width: 4, stem: Stem::Conv3, init: Init::Pytorch };
        let mut model = ResNet::new(&spec, 3, 0, Kind::Float, Device::Cpu);
        let before: Vec<_> = model.parameters().into_iter().map(|(name, t)| (name, t.detach().copy())).collect();
        bias_reset(&mut model, 0.01);
        let (mut biases, mut others) = (0, 0);
        for ((name, after), (_, before)) in model.parameters().iter().zip(&before) {
            let moved = (after.detach() - before).mean(Kind::Double).double_value(&[]);
            if name.ends_with(".bias") {
                biases += 1;
                assert!((moved - 0.01).abs() < 1e-6, "{name} moved by {moved}");
            } else {
                others += 1;
                assert_eq!(moved, 0.0, "{name}");
            }
        }
        // 20 BatchNorm layers and the classifier; 20 convolutions, 20 BatchNorm scales and the classifier.
        assert_eq!((biases, others), (21, 41));
    }
}
