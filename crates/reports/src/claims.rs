//! The claims under test, and how each is decided.
//!
//! Everything here was fixed before data were looked at: which runs speak to a claim, by which test, and what makes it
//! reproduced or contradicted. The rules, at the 5 % level throughout:
//!
//! - Every part has a p-value for the claim and one against it. Both are Holm-corrected within the parts of the claim, each side
//!   a family, and decide at 0.05: it is as hard to contradict a claim as to reproduce it.
//! - A *direction* (this condition ends lower than that one; this trend falls) takes the two-sided p-value of its test for the side
//!   on which the estimate lies. The test is the paired t-test or Welch's ([`Sides::is_paired`](crate::Sides::is_paired)), for
//!   trends Page's, Jonckheere's or that of two conditions ([`Trend::deciding`](crate::Trend::deciding)).
//! - *No noticeable change* is supported where two one-sided tests place the difference within a margin, and opposed where the
//!   difference lies beyond it, two-sided. *No rise* uses the upper of the two tests. The margin is 5 % of the mean test loss of
//!   what is compared with, and as uncertain as that mean.
//! - A claim is *reproduced* where every part that it names is supported, *supported where tested* where every part with data is,
//!   and *contradicted* where one is opposed, unless it says otherwise ("most", "some"); it is *inconclusive* in every other case.
//!   The number of seeds a condition that would settle it is of joint power, 80 %, of all parts after the correction, should the
//!   truth be what was observed or lie at an end of the 50 % interval around it. What is no test is *estimated*.
//!
//! Conditions are chosen by their [`Factors`](crate::Factors). Where a dataset has several that are in the same role (the same
//! path from two strengths of blur, say), each is a part of its own.

mod claim;
mod fig3;
mod fig4;
mod fig5;
mod fig6;
mod fig9;
mod findings;
mod ledger;
mod need;
mod part;
mod rates;
mod resets;
mod role;
mod training_loss;
mod verdict;

pub use claim::{Claim, Evidence, Ruling};
pub use ledger::{claims, rule};
pub(crate) use need::MOST_SEEDS;
pub use need::Seeds;
pub(crate) use part::LEVEL;
pub use part::{Finding, Outcome, Part, SidedP};
pub use verdict::{Quorum, Verdict};
