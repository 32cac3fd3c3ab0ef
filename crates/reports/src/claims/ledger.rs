//! Every claim.

use crate::claims::claim::{Claim, Evidence, Ruling};
use crate::claims::fig3;
use crate::claims::fig4;
use crate::claims::fig5;
use crate::claims::fig6;
use crate::claims::fig9;

/// Every claim, in order.
pub fn claims() -> Vec<Claim> {
    [fig3::CLAIMS, fig4::CLAIMS, fig5::CLAIMS, fig6::CLAIMS, fig9::CLAIMS].concat()
}

/// Decides every claim on the evidence.
pub fn rule(evidence: &Evidence<'_>) -> Vec<Ruling> {
    claims().into_iter().map(|claim| claim.rule_on(evidence)).collect()
}
