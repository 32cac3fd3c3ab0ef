//! Looking at growing data several times without more false findings: alpha spending.

use crate::distributions::{normal_quantile, normal_sf};
use crate::not_defined::{Defined, NotDefined};

/// One look at the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The share of all planned data that is there.
    pub information: f64,
    /// The share of the level that is spent when this look is over.
    pub spent: f64,
    /// The two-sided p-value below which this look may end the study.
    pub level: f64,
}

/// The levels of looks at `information`, ascending shares of the data of which the last is 1, that together keep the two-sided level
/// `alpha`, by the spending function of O'Brien and Fleming's type (Lan and DeMets 1983; R's
/// `ldbounds::ldBounds(information, iuse = 1, alpha = alpha / 2)`).
///
/// The level of a look is a p-value, so that a t-test can be held against it, by which it is kept nearly.
///
/// # Errors
/// For no looks, shares that do not rise to 1, and a level outside (0, 1).
pub fn looks(information: &[f64], alpha: f64) -> Defined<Vec<Look>> {
    let rising = information.windows(2).all(|two| two[0] < two[1]);
    let ends = information.first().is_some_and(|&t| t > 0.0) && information.last().is_some_and(|&t| t == 1.0);
    if !rising || !ends || alpha <= 0.0 || alpha >= 1.0 || alpha.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let spending = |t: f64| 4.0 * normal_sf(-normal_quantile(alpha / 4.0) / t.sqrt());
    let (mut found, mut density, mut before, mut spent) = (Vec::new(), Density::Start, 0.0f64, 0.0);
    for &t in information {
        let deviation = (t - before).sqrt();
        let to_spend = spending(t).min(alpha) - spent;
        let (mut low, mut high) = (0.0, 40.0 * t.sqrt());
        for _ in 0..80 {
            let middle = (low + high) / 2.0;
            if density.beyond(middle, deviation) > to_spend { low = middle } else { high = middle }
        }
        let bound = (low + high) / 2.0;
        spent += to_spend;
        found.push(Look { information: t, spent: spent / alpha, level: 2.0 * normal_sf(bound / t.sqrt()) });
        density = density.next(bound, deviation);
        before = t;
    }
    Ok(found)
}

/// The density of the score where no look so far has ended the study.
enum Density {
    /// All of it is at zero.
    Start,
    /// On a grid from −bound to bound, with Simpson's weights multiplied in.
    Grid { bound: f64, weighted: Vec<f64> },
}

/// Intervals of the grid; even, for Simpson's rule.
const STEPS: usize = 1_000;

impl Density {
    /// Points, and what is there.
    fn points(&self) -> Box<dyn Iterator<Item = (f64, f64)> + '_> {
        match self {
            Self::Start => Box::new(std::iter::once((0.0, 1.0))),
            Self::Grid { bound, weighted } => {
                let step = 2.0 * bound / STEPS as f64;
                Box::new(weighted.iter().enumerate().map(move |(i, w)| (i as f64 * step - bound, *w)))
            }
        }
    }

    /// The probability of leaving [−bound, bound] after a step of this deviation.
    fn beyond(&self, bound: f64, deviation: f64) -> f64 {
        let at =
            |(w, mass): (f64, f64)| mass * (normal_sf((bound - w) / deviation) + normal_sf((bound + w) / deviation));
        self.points().map(at).sum()
    }

    fn next(&self, bound: f64, deviation: f64) -> Self {
        let step = 2.0 * bound / STEPS as f64;
        let scale = 1.0 / (deviation * (2.0 * std::f64::consts::PI).sqrt());
        let here: Vec<(f64, f64)> = self.points().collect();
        let at = |i: usize| {
            let w = i as f64 * step - bound;
            let sum: f64 = here.iter().map(|(v, mass)| mass * (-((w - v) / deviation).powi(2) / 2.0).exp()).sum();
            let weight = if i == 0 || i == STEPS {
                1.0
            } else if i % 2 == 1 {
                4.0
            } else {
                2.0
            };
            sum * scale * weight * step / 3.0
        };
        Self::Grid { bound, weighted: (0..=STEPS).map(at).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R's ldbounds 2.0: `ldBounds(1:5 / 5, iuse = 1, alpha = 0.025)$upper.bounds`, as published by Reboussin et al. (2000).
    #[test]
    fn five_looks_have_the_published_bounds() {
        let found = looks(&[0.2, 0.4, 0.6, 0.8, 1.0], 0.05).unwrap();
        for (look, bound) in found.iter().zip([4.8769, 3.3569, 2.6803, 2.2898, 2.0310]) {
            let z = -normal_quantile(look.level / 2.0);
            assert!((z - bound).abs() < 2e-4, "{z} {bound}");
        }
        assert!((found[4].spent - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_look_is_the_test_itself() {
        let only = looks(&[1.0], 0.05).unwrap();
        assert!((only[0].level - 0.05).abs() < 1e-9);
        assert_eq!(looks(&[0.5, 0.4, 1.0], 0.05), Err(NotDefined::BadSetting));
        assert_eq!(looks(&[0.5], 0.05), Err(NotDefined::BadSetting));
    }
}
