//! Repeated measurements, summed up without assuming anything about their distribution.

use serde::{Deserialize, Serialize};
use statrs::statistics::{Data, Max, Min, OrderStatistics};

/// The middle and the spread of a measurement that was repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The middle value.
    pub median: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// Upper less lower quartile; quartiles are median-unbiased (type 8 of Hyndman and Fan, 1996).
    pub interquartile_range: f64,
    /// Every value in the order of measurement.
    pub values: Vec<f64>,
}

impl Spread {
    /// Sums up `values`, of which there is at least one.
    ///
    /// # Panics
    /// Where there is none.
    pub fn of(values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a measurement has at least one value");
        let mut data = Data::new(values.clone());
        Self {
            median: data.median(),
            min: data.min(),
            max: data.max(),
            interquartile_range: data.upper_quartile() - data.lower_quartile(),
            values,
        }
    }

    /// The quotients of two measurements, round by round.
    pub fn of_quotients(numerators: &[f64], denominators: &[f64]) -> Self {
        Self::of(numerators.iter().zip(denominators).map(|(a, b)| a / b).collect())
    }

    /// Median and range, with as many decimals.
    pub fn text(&self, decimals: usize) -> String {
        format!("{:.decimals$} ({:.decimals$}–{:.decimals$})", self.median, self.min, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends_of_five_values() {
        let spread = Spread::of(vec![3.0, 1.0, 5.0, 2.0, 4.0]);
        assert_eq!((spread.median, spread.min, spread.max), (3.0, 1.0, 5.0));
        // numpy.quantile([1, 2, 3, 4, 5], [0.25, 0.75], method="median_unbiased") is 1.666…, 4.333….
        assert!((spread.interquartile_range - 8.0 / 3.0).abs() < 1e-12);
        assert_eq!(spread.values, [3.0, 1.0, 5.0, 2.0, 4.0]);
        assert_eq!(spread.text(1), "3.0 (1.0–5.0)");
    }

    #[test]
    fn an_even_number_of_values_and_a_single_one() {
        assert_eq!(Spread::of(vec![4.0, 1.0, 2.0, 3.0]).median, 2.5);
        let one = Spread::of(vec![7.0]);
        assert_eq!((one.median, one.min, one.max, one.interquartile_range), (7.0, 7.0, 7.0, 0.0));
    }

    #[test]
    fn quotients_are_taken_round_by_round() {
        assert_eq!(Spread::of_quotients(&[2.0, 9.0, 4.0], &[1.0, 3.0, 4.0]).values, [2.0, 3.0, 1.0]);
    }
}
