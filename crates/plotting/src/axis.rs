//! A value axis: its range, its ticks, and where on the page a value lies.

use crate::number::{MINUS, readable};

/// A labelled value on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Its place on the axis.
    pub value: f64,
    /// What is written there; the labels of a linear axis all have the same precision.
    pub label: String,
}

/// How values become distances along an axis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    #[default]
    Linear,
    /// Equal ratios are equally long; only positive values have a place.
    Log,
}

impl Scale {
    fn distance(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        }
    }
}

/// A value axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    scale: Scale,
    /// Distances of its two ends.
    low: f64,
    high: f64,
    ticks: Vec<Tick>,
}

impl Axis {
    /// Share of the range that is left empty at either end, so that no dot sits on the frame.
    const PADDING: f64 = 0.05;
    /// Share of a value shown on both sides of it where all values are equal.
    const WINDOW: f64 = 0.05;
    /// Ticks to aim for; there are up to twice as few and never more than one more.
    const TICKS: f64 = 5.0;

    /// An axis that shows all of `values`; `None` without any.
    pub fn showing(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return None;
        }
        let size = low.abs().max(high.abs());
        // Values closer than this cannot be told apart by labels that anyone would read.
        if high - low <= 1e-9 * size || size == 0.0 {
            let window = if size == 0.0 { 1.0 } else { size * Self::WINDOW };
            (low, high) = (low - window, high + window);
        }
        let padding = (high - low) * Self::PADDING;
        (low, high) = (low - padding, high + padding);
        Some(Axis { scale: Scale::Linear, low, high, ticks: ticks(low, high, Self::TICKS) })
    }

    /// A logarithmic axis that shows all positive ones of `values`; `None` without any.
    pub fn showing_log(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|&value| value > 0.0) {
            low = low.min(value.log10());
            high = high.max(value.log10());
        }
        if low > high {
            return None;
        }
        if high - low < 1e-9 {
            (low, high) = (low + (1.0 - Self::WINDOW).log10(), high + (1.0 + Self::WINDOW).log10());
        }
        let padding = (high - low) * Self::PADDING;
        (low, high) = (low - padding, high + padding);
        Some(Axis { scale: Scale::Log, low, high, ticks: log_ticks(low, high, Self::TICKS) })
    }

    /// Its ticks, ascending.
    pub fn ticks(&self) -> &[Tick] {
        &self.ticks
    }

    /// Where `value` lies when the axis runs from `bottom` up to `top` (both measured from the top of the page).
    pub fn position(&self, value: f64, top: f64, bottom: f64) -> f64 {
        bottom + (self.scale.distance(value) - self.low) / (self.high - self.low) * (top - bottom)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten between `low` and `high`, about `count` of them.
fn ticks(low: f64, high: f64, count: f64) -> Vec<Tick> {
    let rough = (high - low) / count;
    let exponent = rough.log10().floor();
    let power = 10_f64.powf(exponent);
    let (step, exponent) = match rough / power {
        share if share <= 1.0 => (power, exponent),
        share if share <= 2.0 => (2.0 * power, exponent),
        share if share <= 5.0 => (5.0 * power, exponent),
        _ => (10.0 * power, exponent + 1.0),
    };
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let largest = low.abs().max(high.abs());
    (first..=last)
        .map(|multiple| {
            let value = multiple as f64 * step;
            Tick { value, label: label(value, exponent as i32, largest) }
        })
        .collect()
}

/// Powers of ten between 10^`low` and 10^`high`, at most about `count` of them; with some of their multiples where there are
/// few, and round numbers where there are hardly any of those.
fn log_ticks(low: f64, high: f64, count: f64) -> Vec<Tick> {
    const MULTIPLES: [&[f64]; 2] = [&[1.0, 2.0, 5.0], &[1.0, 2.0, 3.0, 4.0, 6.0, 8.0]];
    const FEWEST: usize = 3;
    let (first, last) = (low.ceil() as i32, high.floor() as i32);
    let powers: Vec<(i32, f64)> = (first..=last).map(|exponent| (exponent, 1.0)).collect();
    let between =
        |&(exponent, multiple): &(i32, f64)| (low..=high).contains(&(multiple * 10_f64.powi(exponent)).log10());
    let with = |multiples: &[f64]| -> Vec<(i32, f64)> {
        let all = (first - 1..=last).flat_map(|exponent| multiples.iter().map(move |&multiple| (exponent, multiple)));
        all.filter(between).collect()
    };
    let steps = if powers.len() >= FEWEST {
        Some(powers.iter().copied().step_by((powers.len() as f64 / (count + 1.0)).ceil() as usize).collect())
    } else {
        MULTIPLES.into_iter().map(with).find(|steps| steps.len() >= FEWEST)
    };
    let Some(steps) = steps else {
        let linear = ticks(10_f64.powf(low), 10_f64.powf(high), count - 1.0).into_iter();
        return linear.filter(|tick| tick.value > 0.0).collect();
    };
    let plain = steps.iter().all(|&(exponent, _)| (-3..=4).contains(&exponent));
    let tick = |(exponent, multiple): (i32, f64)| {
        let value = multiple * 10_f64.powi(exponent);
        let decimals = (-exponent).max(0) as usize;
        let label = if plain { format!("{value:.decimals$}") } else { format!("{multiple}e{exponent}") };
        Tick { value, label: label.replace('-', MINUS) }
    };
    steps.into_iter().map(tick).collect()
}

/// `value` to the decimal place 10^`exponent`, in powers of ten where the figures would be too long.
fn label(value: f64, exponent: i32, largest: f64) -> String {
    let decimals = exponent.min(0).unsigned_abs() as usize;
    if readable(largest) && decimals <= 6 {
        return format!("{value:.decimals$}").replace('-', MINUS);
    }
    if value == 0.0 {
        return "0".to_string();
    }
    let digits = (value.abs().log10().floor() as i32 - exponent).max(0) as usize;
    format!("{value:.digits$e}").replace('-', MINUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64]) -> Vec<String> {
        Axis::showing(values.iter().copied()).unwrap().ticks().iter().map(|tick| tick.label.clone()).collect()
    }

    #[test]
    fn ticks_are_round_and_equally_precise() {
        assert_eq!(labels(&[0.52, 0.61]), ["0.52", "0.54", "0.56", "0.58", "0.60"]);
        assert_eq!(labels(&[-1.0, 1.0]), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels(&[0.0, 90_000.0]), ["0", "20000", "40000", "60000", "80000"]);
    }

    #[test]
    fn long_figures_become_powers_of_ten() {
        assert_eq!(labels(&[1e-8, 5e-8]), ["1e−8", "2e−8", "3e−8", "4e−8", "5e−8"]);
        assert_eq!(labels(&[0.0, 4e7]), ["0", "1e7", "2e7", "3e7", "4e7"]);
    }

    #[test]
    fn equal_values_get_a_window() {
        for value in [0.0, 0.5, -3.0, 1e12] {
            let axis = Axis::showing([value, value]).unwrap();
            assert!((axis.position(value, 0.0, 100.0) - 50.0).abs() < 1e-6);
            assert!(axis.ticks().len() >= 2, "{axis:?}");
        }
        assert_eq!(Axis::showing([]), None);
    }

    #[test]
    fn log_ticks_are_powers_of_ten_or_their_multiples() {
        let labels = |values: &[f64]| -> Vec<String> {
            let axis = Axis::showing_log(values.iter().copied()).unwrap();
            axis.ticks().iter().map(|tick| tick.label.clone()).collect()
        };
        assert_eq!(labels(&[0.0, 0.009, 12.0]), ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&[0.3, 3.0]), ["0.5", "1", "2"]);
        assert_eq!(labels(&[0.022, 0.11]), ["0.03", "0.04", "0.06", "0.08", "0.1"]);
        assert_eq!(labels(&[1e-9, 1.0]), ["1e−9", "1e−7", "1e−5", "1e−3", "1e−1"]);
        assert_eq!(labels(&[1.1, 1.4]), ["1.1", "1.2", "1.3", "1.4"]);
        assert!(labels(&[0.7, 0.7]).len() >= 2);
        assert_eq!(Axis::showing_log([0.0, -1.0]), None);
    }

    #[test]
    fn equal_ratios_are_equally_long_on_a_log_axis() {
        let axis = Axis::showing_log([0.01, 1.0]).unwrap();
        let place = |value: f64| axis.position(value, 0.0, 100.0);
        assert!((place(0.01) - place(0.1) - (place(0.1) - place(1.0))).abs() < 1e-9);
        assert!(0.0 < place(1.0) && place(0.01) < 100.0);
    }

    #[test]
    fn every_value_is_inside() {
        let axis = Axis::showing([2.0, 3.0]).unwrap();
        let (top, bottom) = (axis.position(3.0, 10.0, 110.0), axis.position(2.0, 10.0, 110.0));
        assert!(10.0 < top && top < bottom && bottom < 110.0);
    }
}
