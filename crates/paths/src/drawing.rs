//! How an experiment's figure is drawn: the `[figure]` table of its file.

use serde::Deserialize;

/// How the figure is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drawing {
    /// What the panels show.
    pub kind: FigureKind,
    /// Which panels have one value axis; where nothing is said, those of a row of paths, and none otherwise.
    pub shared_y: Option<SharedAxis>,
    /// Whether a second row shows the epochs until the best validation loss on the last task, as multiples of what the first
    /// condition took from the same seed.
    pub epochs_row: bool,
    /// Whether thin lines join the runs of a seed from condition to condition, as comparisons are paired.
    pub join_seeds: bool,
    /// What is to be read beneath the figure besides.
    #[serde(deserialize_with = "crate::values::some_text")]
    pub note: Option<String>,
}

/// What the panels of a figure show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureKind {
    /// Final test losses: a violin a condition, a panel a dataset (and row).
    #[default]
    Violins,
    /// The same, a panel a path, beside diagrams of the paths in the plane of two components (Figure 5).
    Paths,
    /// Norms and activation statistics by layer and moment (Figure 8).
    Norms,
    /// What the paper's section 7 supposes, over epochs and beside the final gap (Figure 9).
    Causes,
    /// Losses and accuracies over the epochs of all tasks (Figure 10).
    Curves,
    /// Final test loss and accuracy over a number that conditions differ in, a line for each [`Condition::line`](crate::Condition::line).
    Trend,
    /// What each task of a path ended with, over the number of the task: a line a condition.
    Tasks,
    /// Remedies beside one another: test loss, differences, accuracy, epochs and rank, a section a network (Figure 11).
    Remedies,
}

impl FigureKind {
    /// The title of the x axis where an experiment names none.
    pub(crate) fn x_label(self) -> &'static str {
        match self {
            Self::Violins => "Condition",
            Self::Paths => "Number of tasks N",
            Self::Norms => "Layer",
            Self::Causes | Self::Curves => "Epoch",
            Self::Trend => "x",
            Self::Tasks => "Task",
            Self::Remedies => "Remedy",
        }
    }
}

impl FigureKind {
    /// Whether there is a figure for each dataset, instead of a panel.
    pub fn is_a_figure_a_dataset(self) -> bool {
        matches!(self, Self::Norms | Self::Causes | Self::Curves)
    }
}

impl Drawing {
    /// Which panels have one value axis.
    pub fn shared_axis(&self) -> SharedAxis {
        let usual = if self.kind == FigureKind::Paths { SharedAxis::Row } else { SharedAxis::None };
        self.shared_y.unwrap_or(usual)
    }
}

/// Which panels have one value axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SharedAxis {
    /// Each has its own.
    #[default]
    None,
    /// Those of a dataset share one.
    Dataset,
    /// Those of a row share one.
    Row,
    /// All share one.
    All,
}
