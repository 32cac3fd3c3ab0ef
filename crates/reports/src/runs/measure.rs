//! What is analysed.

/// The column that runs are compared by, and which way is better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The column; its values are finite numbers of any unit.
    pub column: String,
    /// Whether a higher value is the better one, as of an accuracy.
    pub higher_is_better: bool,
}

impl Default for Measure {
    /// The final test loss, of which the lower is better.
    fn default() -> Self {
        Self { column: Self::TEST_LOSS.to_owned(), higher_is_better: false }
    }
}

impl Measure {
    /// The column that is analysed unless another is asked for.
    pub const TEST_LOSS: &str = "test_loss";

    /// What is measured, in words.
    pub(crate) fn name(&self) -> String {
        if self.column == Self::TEST_LOSS {
            "final test loss on the standard test images".into()
        } else {
            format!("column “{}”", self.column)
        }
    }

    /// The better direction, in a word.
    pub(crate) fn better(&self) -> &'static str {
        if self.higher_is_better { "higher" } else { "lower" }
    }
}
