//! Corrected p-values.

/// P-values after Holm's correction within [`FAMILY`](crate::FAMILY); `None` where the test is not defined.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corrected {
    /// Of Welch's test.
    pub welch: Option<f64>,
    /// Of the Mann–Whitney test.
    pub mann_whitney: Option<f64>,
    /// Of the paired t-test.
    pub paired_t: Option<f64>,
    /// Of Wilcoxon's test.
    pub wilcoxon: Option<f64>,
}
