//! Number formats.

use paths::Precision;
use tch::Kind;

/// Makes the process's arithmetic what `precision` says, and, where it is asked for, the same each time.
pub fn set_arithmetic(precision: Precision, deterministic: bool) {
    arithmetic::allow_tf32(precision == Precision::Tf32);
    arithmetic::be_deterministic(deterministic);
}

/// The type of activations, and of weights inside convolutions and the classifier.
///
/// bfloat16 is reached by explicit casts because `tch::autocast` switches CUDA's autocast only.
pub fn compute_kind(precision: Precision) -> Kind {
    match precision {
        Precision::Fp32 | Precision::Tf32 => Kind::Float,
        Precision::Bf16 => Kind::BFloat16,
    }
}
