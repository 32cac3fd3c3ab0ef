//! A value that is known with some uncertainty.

/// A value over several runs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    /// The value, in the unit of its value axis.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval; equal to the lower end where there is none.
    pub high: f64,
}

impl Estimate {
    pub(crate) fn parts(self) -> [f64; 3] {
        [self.value, self.low, self.high]
    }
}
