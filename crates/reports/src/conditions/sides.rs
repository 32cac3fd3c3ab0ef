//! The values of two conditions side by side, paired by seed.

use std::collections::HashMap;

use statistics::{
    Defined, Equivalence, TTest, detectable_independent, detectable_paired, deviation_of_differences,
    equivalence_paired, equivalence_welch, mean, paired_t, pooled_deviation, welch, welch_deviation,
};

use crate::conditions::groups::Group;
use crate::runs::Quantity;

/// Two conditions side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    /// Values of the first, every seed.
    pub x: Vec<f64>,
    /// Values of the second, every seed.
    pub y: Vec<f64>,
    /// Values of the first whose seeds the second has too.
    pub x_shared: Vec<f64>,
    /// The second's values for the same seeds.
    pub y_shared: Vec<f64>,
    /// What a margin of equivalence is a fraction of, for each value of the second: the value itself, but of a training loss the
    /// same run's test loss.
    pub unit: Vec<f64>,
    /// The same of the shared seeds.
    pub unit_shared: Vec<f64>,
    /// Seeds that only the first has.
    pub only_x: Vec<u64>,
    /// Seeds that only the second has.
    pub only_y: Vec<u64>,
}

impl Sides {
    /// Pairs two groups by seed.
    pub fn of(x: &Group<'_>, y: &Group<'_>, quantity: Quantity) -> Self {
        let unit = if quantity == Quantity::TrainLoss { Quantity::TestLoss } else { quantity };
        let a = x.seeded(quantity);
        let b: Vec<(u64, f64, f64)> =
            y.runs.iter().filter_map(|run| Some((run.seed, run.value(quantity)?, run.value(unit)?))).collect();
        let other: HashMap<u64, (f64, f64)> = b.iter().map(|&(seed, value, unit)| (seed, (value, unit))).collect();
        let own: HashMap<u64, f64> = a.iter().copied().collect();
        let shared: Vec<(f64, (f64, f64))> = a.iter().filter_map(|(seed, v)| Some((*v, *other.get(seed)?))).collect();
        Self {
            x_shared: shared.iter().map(|p| p.0).collect(),
            y_shared: shared.iter().map(|p| p.1.0).collect(),
            unit_shared: shared.iter().map(|p| p.1.1).collect(),
            only_x: a.iter().map(|p| p.0).filter(|seed| !other.contains_key(seed)).collect(),
            only_y: b.iter().map(|p| p.0).filter(|seed| !own.contains_key(seed)).collect(),
            x: a.into_iter().map(|p| p.1).collect(),
            y: b.iter().map(|p| p.1).collect(),
            unit: b.iter().map(|p| p.2).collect(),
        }
    }

    /// Which test decides, by a rule that looks at the seeds alone: the paired one where at least three seeds are shared and
    /// they are at least four fifths of the larger side, the one for independent samples otherwise.
    pub fn is_paired(&self) -> bool {
        let shared = self.x_shared.len();
        shared >= 3 && 5 * shared >= 4 * self.x.len().max(self.y.len())
    }

    /// The t-test that decides.
    ///
    /// # Errors
    /// As for the paired test or Welch's.
    pub fn t_test(&self, confidence: f64) -> Defined<TTest> {
        if self.is_paired() {
            paired_t(&self.x_shared, &self.y_shared, confidence)
        } else {
            welch(&self.x, &self.y, confidence)
        }
    }

    /// The t-test that does not decide: the plain alternative to the one that does.
    ///
    /// # Errors
    /// As for the paired test or Welch's.
    pub(crate) fn other_t_test(&self, confidence: f64) -> Defined<TTest> {
        if self.is_paired() {
            welch(&self.x, &self.y, confidence)
        } else {
            paired_t(&self.x_shared, &self.y_shared, confidence)
        }
    }

    /// Equivalence within a fraction of the mean unit, by the t-test that decides.
    ///
    /// # Errors
    /// As for the tests of equivalence.
    pub fn equivalence(&self, margin: f64) -> Defined<Equivalence> {
        if self.is_paired() {
            equivalence_paired(&self.x_shared, &self.y_shared, &self.unit_shared, margin)
        } else {
            equivalence_welch(&self.x, &self.y, &self.unit, margin)
        }
    }

    /// The difference of means that the deciding test is about: of the shared seeds where it is the paired one.
    ///
    /// # Errors
    /// For an empty side.
    pub fn difference(&self) -> Defined<f64> {
        let (x, y) = if self.is_paired() { (&self.x_shared, &self.y_shared) } else { (&self.x, &self.y) };
        Ok(mean(x)? - mean(y)?)
    }

    /// The smallest difference of means that these numbers of runs, with this spread, detect with 80 % power at 5 %.
    ///
    /// # Errors
    /// Where there is no spread to go by.
    pub fn detectable(&self) -> Defined<f64> {
        if self.is_paired() {
            let unit = deviation_of_differences(&self.x_shared, &self.y_shared)?;
            return Ok(detectable_paired(self.x_shared.len(), 0.05)? * unit);
        }
        let unit = welch_deviation(&self.x, &self.y)?;
        Ok(detectable_independent(self.x.len(), self.y.len(), 0.05)? * unit)
    }

    /// The standard deviation that decides how many seeds a difference needs: of the differences of pairs, or of the sides.
    ///
    /// # Errors
    /// Where there is no spread to go by.
    pub(crate) fn deviation(&self) -> Defined<f64> {
        if self.is_paired() {
            return deviation_of_differences(&self.x_shared, &self.y_shared);
        }
        // Of sides of one size, whatever the sizes at hand.
        pooled_deviation(&self.x, &self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::groups::Groups;
    use crate::table::RunTable;

    #[test]
    fn seeds_without_a_partner_are_named() {
        let text = "dataset,condition,seed,status,test_loss\nd,a,0,finished,1\nd,a,1,finished,2\nd,a,2,diverged,\n\
                    d,b,1,finished,5\nd,b,2,finished,6\n";
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let groups = Groups::of(&table);
        let sides = Sides::of(groups.get("d", "a").unwrap(), groups.get("d", "b").unwrap(), Quantity::Analysed);
        assert_eq!((sides.x_shared, sides.y_shared), (vec![2.0], vec![5.0]));
        assert_eq!((sides.only_x, sides.only_y), (vec![0], vec![2]));
        assert_eq!((sides.x.len(), sides.y.len()), (2, 2));
    }
}
