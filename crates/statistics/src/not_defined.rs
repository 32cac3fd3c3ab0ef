//! Why a number is not defined.

/// The reason why a statistic has no value for these data. A table shows the reason, never a number that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDefined {
    /// The sample is too small.
    #[error("fewer than {} values", spelled(.needed))]
    TooFew {
        /// The least that will do.
        needed: usize,
    },
    /// The sample is too large for the method.
    #[error("more than {limit} values; the t-interval serves there")]
    TooMany {
        /// The most that is done.
        limit: usize,
    },
    /// The trend has too few conditions.
    #[error("fewer than {} ordered conditions", spelled(.needed))]
    TooFewGroups {
        /// The least that will do.
        needed: usize,
    },
    /// No spread to measure against.
    #[error("zero variance")]
    ZeroVariance,
    /// Every pair is equal.
    #[error("all differences are zero")]
    NoDifference,
    /// Infinite, or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// The squares of the values leave the range of numbers.
    #[error("a value is too large to compute with")]
    TooLarge,
    /// Pairs need a partner.
    #[error("unequal numbers of values in a paired comparison")]
    UnequalLengths,
    /// Logarithms need positive values.
    #[error("a value that is not above zero")]
    NotPositive,
    /// Fisher's transformation of ±1 is infinite.
    #[error("a perfect rank correlation")]
    PerfectCorrelation,
    /// A margin of equivalence must leave room.
    #[error("the margin is not above zero")]
    NoMargin,
    /// Where the mean that is divided by may be zero, a ratio may be anything.
    #[error("an interval without an end, as the mean to compare with may be zero")]
    NoEnd,
    /// Groups that share no block, directly or through others, are not compared by an additive model.
    #[error("no shared seeds link the two")]
    NotLinked,
    /// A confidence outside (0, 1), or another setting that means nothing.
    #[error("a setting outside its range")]
    BadSetting,
    /// The column that the statistic reads is not in the table.
    #[error("the table has no such values")]
    NoData,
}

/// A statistic, or the reason why there is none.
pub type Defined<T> = Result<T, NotDefined>;

fn spelled(number: &usize) -> String {
    match *number {
        1 => "one".into(),
        2 => "two".into(),
        3 => "three".into(),
        4 => "four".into(),
        n => n.to_string(),
    }
}

/// `value`, unless the arithmetic left the range of numbers.
pub(crate) fn finite(value: f64) -> Defined<f64> {
    if value.is_finite() { Ok(value) } else { Err(NotDefined::TooLarge) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words() {
        assert_eq!(NotDefined::TooFew { needed: 2 }.to_string(), "fewer than two values");
        assert_eq!(NotDefined::TooFew { needed: 12 }.to_string(), "fewer than 12 values");
        assert_eq!(finite(f64::INFINITY), Err(NotDefined::TooLarge));
    }
}
