//! Reports on runs: a table of results in; estimates with their intervals, tests, trends, verdicts on the paper's claims and
//! files for people and for programs out.
//!
//! The crate knows nothing of how runs came about: it reads the columns `dataset`, `condition`, `seed` and `test_loss` of a
//! CSV file, which may as well come from another program. What a condition is (the baseline, a path in so many tasks, a pair
//! of learning rates, a bias reset) is said by its [`Factors`], which come from columns of the table or, where it has none,
//! from options and labels; whatever else is computed sees factors only. The statistics themselves are in `statistics`.
//!
//! ```
//! let csv = "dataset,condition,seed,test_loss\nmnist,baseline,0,1.2\nmnist,baseline,1,1.3\n";
//! let table = reports::RunTable::from_csv(csv.into(), std::path::Path::new("runs.csv"))?;
//! assert_eq!(reports::summarise(&table)[0].mean, Ok(1.25));
//! # Ok::<(), reports::TableError>(())
//! ```

pub mod command;

mod analysis;
mod checkout;
mod claims;
mod conditions;
mod estimates;
mod looks_plan;
mod parallel;
mod report;
mod roles;
mod runs;
mod table;

pub use analysis::Analysis;
pub use checkout::checkout;
pub use claims::{Claim, Evidence, Finding, Outcome, Part, Quorum, Ruling, Seeds, SidedP, Verdict, claims, rule};
pub use conditions::{Ambiguity, Group, Groups, Sequence, Sides, reference, sequences};
pub use estimates::{
    Across, Against, Beside, Comparison, Corrected, FAMILY, NOTICEABLE, Ranking, Summary, Trend, TrendTest, compare,
    summarise, trend, trends,
};
pub use report::{DETAILS, FIGURES, REPORTS, ReportError, ScaleFolder, SharedTrainings, escape, summary_csv};
pub use roles::{Factors, Reading, Strengths};
pub use runs::{Cause, Measure, Quantity, Run, TableError};
pub use table::RunTable;
