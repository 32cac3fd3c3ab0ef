//! Gaussian kernel density estimates, the outlines of violins.

use std::f64::consts::TAU;

/// How far a violin reaches beyond the smallest and the largest value, in bandwidths. One bandwidth lets the outline
/// close softly without promising losses far from any that was measured.
pub const CUT: f64 = 1.0;

/// Fewest values that a density is drawn for: two would always give the same shape.
const FEWEST: usize = 3;

/// The density of a sample: a Gaussian around each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Kde {
    values: Vec<f64>,
    bandwidth: f64,
}

impl Kde {
    /// The density of finite `values`, its bandwidth by Scott's rule: the sample's standard deviation (n − 1 in the
    /// denominator) times n^(−1/5). `None` where the rule gives nothing to draw: for fewer than three values, and for
    /// values that do not differ.
    pub fn new(values: &[f64]) -> Option<Self> {
        if values.len() < FEWEST {
            return None;
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let deviation = variance.sqrt();
        let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        // A mean of equal values is rarely exact: its rounding error is no spread.
        let spread = deviation > 16.0 * f64::EPSILON * largest;
        (spread && deviation.is_finite()).then(|| Kde { values: values.to_vec(), bandwidth: deviation * n.powf(-0.2) })
    }

    /// Standard deviation of the Gaussians, in the unit of the values.
    pub fn bandwidth(&self) -> f64 {
        self.bandwidth
    }

    /// The density at `x`, per unit of the values.
    pub fn density(&self, x: f64) -> f64 {
        let sum: f64 = self.values.iter().map(|value| (-0.5 * ((x - value) / self.bandwidth).powi(2)).exp()).sum();
        sum / (self.values.len() as f64 * self.bandwidth * TAU.sqrt())
    }

    /// The density at `points` (two at least) equidistant places, as (place, density): from [`CUT`] bandwidths below
    /// the smallest value, though not below `least`, to as much above the largest.
    pub fn curve(&self, points: usize, least: Option<f64>) -> Vec<(f64, f64)> {
        let reach = CUT * self.bandwidth;
        let smallest = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let low = (smallest - reach).max(least.unwrap_or(f64::NEG_INFINITY).min(smallest));
        let high = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max) + reach;
        let steps = points.max(2) - 1;
        (0..=steps)
            .map(|step| {
                let place = low + (high - low) * step as f64 / steps as f64;
                (place, self.density(place))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_curve_reaches_below_the_least_possible_value() {
        let kde = Kde::new(&[0.1, 1.0, 3.0]).unwrap();
        assert!(kde.curve(9, None)[0].0 < 0.0);
        assert_eq!(kde.curve(9, Some(0.0))[0].0, 0.0);
        // A value below what was said to be the least is drawn all the same.
        assert_eq!(kde.curve(9, Some(0.5))[0].0, 0.1);
    }

    #[test]
    fn agrees_with_scipy() {
        let rows: Vec<&str> = include_str!("../tests/fixtures/kde.csv").lines().skip(1).collect();
        assert_eq!(rows.len(), 27);
        for row in rows {
            let fields: Vec<&str> = row.split(',').collect();
            let number = |field: usize| fields[field].parse::<f64>().unwrap();
            let values: Vec<f64> = fields[1].split(' ').map(|value| value.parse().unwrap()).collect();
            let kde = Kde::new(&values).unwrap();
            assert!((kde.bandwidth() / number(2) - 1.0).abs() < 1e-12, "{row}");
            assert!((kde.density(number(3)) / number(4) - 1.0).abs() < 1e-9, "{row}");
        }
    }

    #[test]
    fn integrates_to_one() {
        let kde = Kde::new(&[0.2, 0.5, 0.55, 0.9, 3.0]).unwrap();
        let (low, high, steps) = (-20.0, 25.0, 20_000);
        let width = (high - low) / f64::from(steps);
        let area: f64 = (0..steps).map(|step| kde.density(low + (f64::from(step) + 0.5) * width) * width).sum();
        assert!((area - 1.0).abs() < 1e-6, "{area}");
    }

    #[test]
    fn is_absent_where_there_is_no_spread() {
        let samples: [&[f64]; 6] = [&[], &[1.0], &[1.0, 2.0], &[0.0; 5], &[0.1; 10], &[1e300; 4]];
        for values in samples {
            assert_eq!(Kde::new(values), None, "{values:?}");
        }
    }

    #[test]
    fn curve_covers_the_data_and_one_bandwidth_more() {
        let kde = Kde::new(&[1.0, 2.0, 4.0]).unwrap();
        let curve = kde.curve(50, None);
        assert_eq!(curve.len(), 50);
        assert!((curve[0].0 - (1.0 - kde.bandwidth())).abs() < 1e-12);
        assert!((curve[49].0 - (4.0 + kde.bandwidth())).abs() < 1e-12);
        assert!(curve.iter().all(|(_, density)| *density > 0.0));
    }
}
