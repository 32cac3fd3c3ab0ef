//! Where images are from.

/// Which of a dataset's official sets images are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// That for training.
    Training,
    /// That for testing.
    Test,
}
