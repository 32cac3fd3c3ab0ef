//! Number formats.

use paths::Precision;
use tch::Kind;

/// The type of activations, and of weights inside convolutions and the classifier.
///
/// bfloat16 is reached by explicit casts because `tch::autocast` switches CUDA's autocast only.
pub fn compute_kind(precision: Precision) -> Kind {
    match precision {
        Precision::Fp32 => Kind::Float,
        Precision::Bf16 => Kind::BFloat16,
    }
}
