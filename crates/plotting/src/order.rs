//! Order statistics: the median that is ticked, and the fences beyond which a value is clipped.

/// How many interquartile ranges a value may lie beyond the quartiles before the axis stops short of it. Twenty keeps
/// every ordinary outlier on the axis and gives up only on values that would flatten all others to a line.
pub const FENCE: f64 = 20.0;

/// The `share` quantile (0 to 1) of `sorted`, ascending values, interpolated between neighbours; `None` without values.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64))
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The median of `values`; `None` without values.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(&sorted(values), 0.5)
}

/// The range of values that an axis shows; values outside are drawn at its edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fences {
    /// Least value shown.
    pub low: f64,
    /// Greatest value shown.
    pub high: f64,
}

impl Fences {
    /// Fences [`FENCE`] interquartile ranges beyond the quartiles of `values`. Where half the values are equal, that
    /// range says nothing about the others, and nothing is fenced off.
    pub fn around(values: &[f64]) -> Self {
        let everything = Fences { low: f64::NEG_INFINITY, high: f64::INFINITY };
        let sorted = sorted(values);
        let (Some(lower), Some(upper)) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75)) else {
            return everything;
        };
        let reach = FENCE * (upper - lower);
        if reach > 0.0 { Fences { low: lower - reach, high: upper + reach } } else { everything }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn only_a_value_far_beyond_all_others_is_fenced_off() {
        let values = [0.50, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57, 0.58, 55.0];
        let fences = Fences::around(&values);
        assert_eq!(values.iter().filter(|&&value| value > fences.high).count(), 1);
        assert!(values.iter().all(|&value| value > fences.low));
    }

    #[test]
    fn few_or_equal_values_are_never_fenced_off() {
        let samples: [&[f64]; 4] = [&[], &[1.0], &[1.0, 100.0], &[1.0, 1.0, 1.0, 1.0, 50.0]];
        for values in samples {
            let fences = Fences::around(values);
            assert!(values.iter().all(|&value| fences.low <= value && value <= fences.high), "{values:?}");
        }
    }
}
