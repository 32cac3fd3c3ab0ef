//! Statistics of runs: a table of results in; estimates with their intervals, tests, verdicts on claims and reports out.
//!
//! The crate knows nothing of how runs came about: it reads the columns `dataset`, `condition`, `seed` and `test_loss` of a
//! CSV file, which may as well come from another program. Each statistic is a pure function of slices in a module of its
//! own; where it has no value for the data at hand, it says why ([`NotDefined`]) instead of returning a number that is none.
//!
//! ```
//! let (pretrained, baseline) = ([1.41, 1.38, 1.45], [1.30, 1.33, 1.28]);
//! let test = statistics::welch(&pretrained, &baseline, 0.95)?;
//! assert!(test.interval.low > 0.0 && test.p.two_sided < 0.05);
//! # Ok::<(), statistics::NotDefined>(())
//! ```

#![warn(missing_docs)]

pub mod command;

mod bca;
mod claims;
mod cliff;
mod comparisons;
mod distributions;
mod equivalence;
mod family;
mod groups;
mod hedges;
mod holm;
mod improvement;
mod interval;
mod jonckheere;
mod labels;
mod location;
mod mann_whitney;
mod moments;
mod noncentral_t;
mod not_defined;
mod page;
mod paired_t;
mod parallel;
mod power;
mod ranks;
mod ratio;
mod report;
mod resamples;
mod spearman;
mod summary;
mod table;
mod trends;
mod welch;
mod wilcoxon;

pub use bca::bca_interval;
pub use claims::{Claim, Evidence, Finding, Outcome, Part, Ruling, Verdict, claims, rule};
pub use cliff::cliff_delta;
pub use comparisons::{Against, Comparison, NOTICEABLE, compare};
pub use distributions::PValues;
pub use equivalence::{Equivalence, equivalence_paired, equivalence_welch};
pub use family::{Corrected, FAMILY};
pub use groups::{Group, Groups, Sides};
pub use hedges::hedges_g;
pub use holm::holm;
pub use improvement::{IMPROVEMENT_RESAMPLES, probability_of_improvement};
pub use interval::{Estimate, Interval, t_interval};
pub use jonckheere::jonckheere;
pub use labels::{BASELINE, RateConditions, learning_rates, rate_conditions, reference, steps};
pub use location::{interquartile_mean, median};
pub use mann_whitney::{RankTest, mann_whitney};
pub use moments::{mean, standard_deviation};
pub use not_defined::{Defined, NotDefined};
pub use page::page;
pub use paired_t::{one_sample_t, paired_t};
pub use power::{
    POWER, detectable_independent, detectable_paired, pairs_needed, power_independent, power_paired, values_needed,
};
pub use ratio::{Ratio, ratio_paired, ratio_welch};
pub use report::{Analysis, FIGURES, ReportError, ScaleFolder};
pub use resamples::{RESAMPLES, Resamples};
pub use spearman::{Correlation, spearman};
pub use summary::{Summary, summarise, write_summary};
pub use table::{Quantity, Run, RunTable, TableError};
pub use trends::{Sequence, Trend, sequences, trend, trends};
pub use welch::{TTest, welch};
pub use wilcoxon::wilcoxon;
