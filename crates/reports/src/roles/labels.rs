//! Factors from labels, for tables that have no factor columns.
//!
//! Four forms of label have a meaning beyond being a name:
//!
//! - `baseline`, or what the caller says: the target task alone;
//! - `NAME N=n` (Figures 4 and 5): the path NAME in n tasks, n being at least 1 and `N` a word of its own, so that `BN=0` is
//!   a name; NAME is `blur`, `contrast`, `shift`, or a path in two transformations such as `blur then contrast`;
//! - `(a, b)` (Figure 3): learning rate a on the first task and b on the last;
//! - `[No, Yes]` (Figure 6): whether biases are reset before the first and the last task, by the paper's 0.01.
//!
//! This is the only place that looks into labels.

use crate::roles::factors::Factors;

/// The label of the runs on the target task alone, unless the caller names another.
pub(crate) const BASELINE: &str = "baseline";

/// What a `Yes` in `[No, Yes]` adds to the biases: the paper's amount, as the label says none.
const RESET: f64 = 0.01;

/// The factors that a label says.
pub(crate) fn factors(label: &str, baseline: &str) -> Factors {
    let mut factors = Factors { is_baseline: label == baseline, ..Factors::default() };
    if factors.is_baseline {
        return factors;
    }
    if let Some((path, tasks)) = steps(label) {
        (factors.path, factors.tasks) = (Some(path.to_owned()), Some(tasks));
    } else if let Some((first, last)) = learning_rates(label) {
        (factors.lr_1, factors.lr_2) = (Some(first), Some(last));
    } else if let Some((first, last)) = resets(label) {
        (factors.bias_reset_first, factors.bias_reset_last) = (Some(first), Some(last));
    }
    factors
}

/// The path's name and the number of tasks in a label `NAME N=n`.
fn steps(label: &str) -> Option<(&str, u32)> {
    let (name, number) = label.rsplit_once("N=")?;
    if name.ends_with(|c: char| c != ',' && !c.is_whitespace()) {
        return None;
    }
    let digits = number.trim_end();
    let tasks = digits.parse().ok().filter(|&n| n >= 1 && digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some((name.trim_end_matches([' ', ',']), tasks))
}

/// The two learning rates in a label `(a, b)`.
fn learning_rates(label: &str) -> Option<(f64, f64)> {
    pair(label, '(', ')', |text| text.parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0))
}

/// The two amounts in a label `[No, Yes]`.
fn resets(label: &str) -> Option<(f64, f64)> {
    pair(label, '[', ']', |text| match text {
        "No" => Some(0.0),
        "Yes" => Some(RESET),
        _ => None,
    })
}

fn pair(label: &str, open: char, close: char, value: impl Fn(&str) -> Option<f64>) -> Option<(f64, f64)> {
    let (first, second) = label.trim().strip_prefix(open)?.strip_suffix(close)?.split_once(',')?;
    Some((value(first.trim())?, value(second.trim())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read() {
        assert_eq!(steps("blur N=2"), Some(("blur", 2)));
        assert_eq!(steps("blur then contrast, N=9"), Some(("blur then contrast", 9)));
        assert_eq!(learning_rates("(1e-3, 2e-3)"), Some((1e-3, 2e-3)));
        assert_eq!(resets("[No, Yes]"), Some((0.0, 0.01)));
    }

    #[test]
    fn what_only_looks_like_a_role_is_a_name() {
        for label in
            ["BN=0", "BN=4", "blur N=0", "blur N=+2", "blur N=", "xN=3", "(a, b)", "[no, 1]", "[No, No", "(0, 1)"]
        {
            assert_eq!(factors(label, BASELINE), Factors::default(), "{label}");
        }
        assert!(!factors("baseline", "sharp only").is_baseline && factors("sharp only", "sharp only").is_baseline);
    }
}
