//! The claims under test, and how each is decided.
//!
//! Everything here was fixed before data were looked at: which runs speak to a claim, by which test, and what makes it
//! reproduced or contradicted. The rules, at the 5 % level throughout:
//!
//! - A *direction* (this condition ends lower than that one; this trend falls) is supported where the test's p-value, two-sided
//!   and Holm-corrected within the parts of the claim, is below 0.05 and the sign is the claimed one; it is opposed where the
//!   sign is the other one. The test is the paired t-test or Welch's ([`Sides::is_paired`](crate::Sides::is_paired)), for
//!   trends Page's or Jonckheere's ([`Trend::deciding`](crate::Trend::deciding)).
//! - *No noticeable change* is supported where two one-sided tests place the difference within a margin (p < 0.05, each part
//!   on its own, as all must hold), and opposed where the 95 % interval lies beyond the margin altogether. *No rise* uses
//!   the upper of the two tests. The margin is 5 % of the mean test loss of what is compared with.
//! - A claim is *reproduced* where every part with data is supported and *contradicted* where one is opposed, unless it says
//!   otherwise ("most", "some"); it is *inconclusive* in every other case, and the number of seeds a condition that would
//!   settle it, if the truth is what was observed, comes from the power of the t-test at 80 %.
//!
//! Conditions are chosen by their [`Factors`](crate::Factors). Where a dataset has several that are in the same role (the same
//! path from two strengths of blur, say), each is a part of its own.

mod claim;
mod fig3;
mod fig4;
mod fig5;
mod fig6;
mod findings;
mod ledger;
mod part;
mod rates;
mod resets;
mod role;
mod training_loss;
mod verdict;

pub use claim::{Claim, Evidence, Ruling};
pub use ledger::{claims, rule};
pub use part::{Finding, Outcome, Part};
pub use verdict::Verdict;
