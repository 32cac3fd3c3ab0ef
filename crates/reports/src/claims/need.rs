//! How many seeds would settle a test.

use statistics::{POWER, power_equivalence, power_independent, power_paired};

/// No more seeds than these are counted.
pub(crate) const MOST_SEEDS: u64 = 1000;

/// Half the width of an interval of 50 %, in standard errors.
const HALF_OF_HALF: f64 = 0.674;

/// Seeds a condition with which a decision is to be expected in four of five repetitions, should the truth be what was observed or
/// lie at one of the ends of the 50 % interval around it. `None` is more than a thousand, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// Should the effect be a little stronger than observed.
    pub low: Option<u64>,
    /// Should it be as observed.
    pub likely: Option<u64>,
    /// Should it be a little weaker.
    pub high: Option<u64>,
}

impl Seeds {
    /// The least numbers for which `power`, of the number of seeds and the shift of the truth in standard errors, is 80 %.
    pub(crate) fn of(power: impl Fn(u64, f64) -> f64) -> Self {
        let least = |shift: f64| {
            let enough = |n: u64| power(n, shift) >= POWER;
            if !enough(MOST_SEEDS) {
                return None;
            }
            let (mut low, mut high) = (1, MOST_SEEDS);
            while high - low > 1 {
                let middle = (low + high) / 2;
                if enough(middle) { high = middle } else { low = middle }
            }
            Some(high)
        };
        Self { low: least(HALF_OF_HALF), likely: least(0.0), high: least(-HALF_OF_HALF) }
    }
}

/// What the power of a part's tests depends on, in the units of the estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Need {
    /// Whether the test is of pairs.
    pub paired: bool,
    /// The standard deviation of the differences of pairs, or of the two sides.
    pub deviation: f64,
    /// The standard error of the effect as observed.
    pub error: f64,
    /// What is tested.
    pub of: Effect,
}

/// The effect that was observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Effect {
    /// A difference from zero, and whether its sign is the claimed one.
    Difference { size: f64, as_claimed: bool },
    /// Distances from the lower and the upper margin, positive within; an infinite one is a side that does not count.
    Within { below: f64, above: f64 },
}

/// How likely it is that a part supports its claim, and that it opposes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Power {
    pub support: f64,
    pub oppose: f64,
}

impl Need {
    /// With `n` seeds a condition at `level`, should the truth be `shift` standard errors further in the direction that decides.
    pub fn power(&self, n: u64, level: f64, shift: f64) -> Power {
        let moved = shift * self.error;
        match self.of {
            Effect::Difference { size, as_claimed } => {
                let power = self.of_difference(size.abs() + moved, n, level);
                if as_claimed { Power { support: power, oppose: 0.0 } } else { Power { support: 0.0, oppose: power } }
            }
            Effect::Within { below, above } if below.min(above) < 0.0 => {
                Power { support: 0.0, oppose: self.of_difference(-below.min(above) + moved, n, level) }
            }
            Effect::Within { below, above } => {
                // No difference is further within than one in the middle.
                let middle = (below + above) / 2.0;
                let nearer = (below.min(above) + moved).min(middle);
                let farther = if middle.is_finite() { 2.0 * middle - nearer } else { f64::INFINITY };
                Power { support: self.of_equivalence(nearer, farther, n, level), oppose: 0.0 }
            }
        }
    }

    fn of_difference(&self, size: f64, n: u64, level: f64) -> f64 {
        if size <= 0.0 || n < 2 {
            return 0.0;
        }
        let (effect, n) = (size / self.deviation, n as usize);
        let power = if self.paired { power_paired(effect, n, level) } else { power_independent(effect, n, n, level) };
        power.unwrap_or(0.0)
    }

    fn of_equivalence(&self, nearer: f64, farther: f64, n: u64, level: f64) -> f64 {
        if nearer <= 0.0 || n < 2 {
            return 0.0;
        }
        let (variances, degrees) = if self.paired { (1.0, n - 1) } else { (2.0, 2 * n - 2) };
        let error = self.deviation * (variances / n as f64).sqrt();
        power_equivalence(nearer / error, farther / error, degrees as f64, level).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds(of: Effect) -> Seeds {
        let need = Need { paired: false, deviation: 1.0, error: 0.2, of };
        Seeds::of(|n, shift| {
            let power = need.power(n, 0.05, shift);
            power.support.max(power.oppose)
        })
    }

    #[test]
    fn half_a_deviation_needs_the_textbook_s_64() {
        let found = seeds(Effect::Difference { size: -0.5, as_claimed: false });
        assert_eq!(found.likely, Some(64));
        assert!(found.low < Some(64) && found.high > Some(64), "{found:?}");
    }

    #[test]
    fn both_sides_of_equivalence_count() {
        let one = seeds(Effect::Within { below: f64::INFINITY, above: 0.5 }).likely;
        let both = seeds(Effect::Within { below: 0.5, above: 0.5 }).likely;
        assert!(both > one, "{both:?} {one:?}");
        let beyond = seeds(Effect::Within { below: 1.5, above: -0.5 });
        assert_eq!(beyond.likely, Some(64));
    }

    #[test]
    fn what_may_be_nothing_has_no_number() {
        let found = seeds(Effect::Difference { size: 0.1, as_claimed: true });
        assert!(found.high.is_none() && found.low.is_some(), "{found:?}");
    }
}
