//! Normalisations as they were initialised.

use paths::ResetNormalisation;
use training::ParameterKind;

use crate::situation::{Intervene, Situation};

/// Running means 0 and running variances 1; with `affine` scales 1 and shifts 0, too. Everything else stays as it is, and a network
/// without normalisation does altogether. In training, normalisations go by the batch: without `affine` only what is evaluated before the running
/// statistics have caught up differs.
impl Intervene for ResetNormalisation {
    fn before_task(&self, situation: &mut Situation<'_>) {
        for (name, mut buffer) in situation.network.buffers() {
            let _ = buffer.fill_(if name.ends_with(".running_var") { 1.0 } else { 0.0 });
        }
        if !self.affine {
            return;
        }
        for mut parameter in situation.network.parameters() {
            match parameter.kind {
                ParameterKind::NormScale => drop(parameter.tensor.fill_(1.0)),
                ParameterKind::NormShift => drop(parameter.tensor.fill_(0.0)),
                _ => {}
            }
        }
    }
}
