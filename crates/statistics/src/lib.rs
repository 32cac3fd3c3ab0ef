//! Statistics as pure functions of slices: estimates with their intervals, tests, effect sizes, corrections, power.
//!
//! The crate knows nothing of runs, tables or what is studied. Each statistic is a function in a module of its own; where it
//! has no value for the data at hand, it says why ([`NotDefined`]) instead of returning a number that is none.
//!
//! ```
//! let (pretrained, baseline) = ([1.41, 1.38, 1.45], [1.30, 1.33, 1.28]);
//! let test = statistics::welch(&pretrained, &baseline, 0.95)?;
//! assert!(test.interval.low > 0.0 && test.p.two_sided < 0.05);
//! # Ok::<(), statistics::NotDefined>(())
//! ```

mod additive;
mod arrangements;
mod bca;
mod cliff;
mod deviation;
mod distributions;
mod equivalence;
mod hedges;
mod holm;
mod improvement;
mod interval;
mod jonckheere;
mod location;
mod looks;
mod mann_whitney;
mod moments;
mod noncentral_t;
mod not_defined;
mod page;
mod paired_t;
mod power;
mod rank_test;
mod ranking;
mod ranks;
mod ratio;
mod resamples;
mod spearman;
mod stratified;
mod trend_effects;
mod welch;
mod wilcoxon;
mod within;

pub use additive::{Additive, Cell};
pub use bca::bca_interval;
pub use cliff::cliff_delta;
pub use deviation::{deviation_of_differences, pooled_deviation, welch_deviation};
pub use distributions::PValues;
pub use equivalence::{Equivalence, equivalence_paired, equivalence_welch};
pub use hedges::hedges_g;
pub use holm::holm;
pub use improvement::probability_of_improvement;
pub use interval::{Estimate, Interval, t_interval, wilson_interval};
pub use jonckheere::jonckheere;
pub use location::{interquartile_mean, median};
pub use looks::{Look, looks};
pub use mann_whitney::mann_whitney;
pub use moments::{mean, standard_deviation};
pub use not_defined::{Defined, NotDefined};
pub use page::page;
pub use paired_t::{one_sample_t, paired_t};
pub use power::{POWER, detectable_independent, detectable_paired, power_equivalence, power_independent, power_paired};
pub use rank_test::{Method, RankTest};
pub use ranking::{Rank, ranking};
pub use ratio::{Ratio, ratio_paired, ratio_welch};
pub use resamples::{RESAMPLES, Resamples};
pub use spearman::{Correlation, spearman};
pub use stratified::stratified_interquartile_mean;
pub use trend_effects::{concordance, mean_rank_correlation};
pub use welch::{TTest, welch};
pub use wilcoxon::wilcoxon;
pub use within::spearman_within;
