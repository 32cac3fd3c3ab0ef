//! Claims on the bias reset (Figure 6).

use crate::claims::fig3::TRAINING_LOSS;
use crate::claims::findings::{direction, epochs_ratio};
use crate::claims::part::{Claimed, Finding, Outcome, Part};
use crate::claims::{Claim, verdict};
use crate::groups::Groups;
use crate::labels::BASELINE;
use crate::moments::mean;
use crate::table::Quantity;

const NONE: &str = "[No, No]";
const SECOND: &str = "[No, Yes]";
const FIRST: &str = "[Yes, No]";
const BOTH: &str = "[Yes, Yes]";
const OTHERS: [&str; 2] = ["fashion-mnist", "svhn"];

/// How many [No, No] seeds make "no seed" a finding, and how many reset runs make "none of them" one: the paper's numbers.
const SEEDS: usize = 10;
const RESET_RUNS: usize = 30;

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "6a",
        statement: "On CIFAR-10 every reset condition lowers the test loss against [No, No]; [Yes, No] alone is enough.",
        hypothesis: "Mean final test losses of [No, Yes], [Yes, No] and [Yes, Yes] are each below that of [No, No].",
        figures: &[6],
        rule: "Reproduced where all three are lower (Holm-corrected p < 0.05), contradicted where any is higher.",
        parts: |evidence| {
            let of = |condition: &&str| direction(evidence.figure(6), "cifar10", condition, NONE, Claimed::Lower);
            [SECOND, FIRST, BOTH].iter().map(of).collect()
        },
        decide: verdict::all,
    },
    Claim {
        id: "6b",
        statement: "On FashionMNIST and SVHN, [Yes, Yes] is slightly better than [No, No].",
        hypothesis: "Mean final test loss of [Yes, Yes] is below that of [No, No].",
        figures: &[6],
        rule: "Reproduced where it is lower on every dataset with data (Holm-corrected p < 0.05), contradicted where it is \
               higher on any.",
        parts: |evidence| {
            OTHERS.iter().map(|dataset| direction(evidence.figure(6), dataset, BOTH, NONE, Claimed::Lower)).collect()
        },
        decide: verdict::all,
    },
    Claim {
        id: "6c",
        statement: "Epochs to the best validation loss, [Yes, Yes] against [No, No]: 44 % more on CIFAR-10, 44 % fewer on \
                    FashionMNIST and SVHN.",
        hypothesis: "The ratio of the epochs is above 1 on CIFAR-10 and below 1 on FashionMNIST and SVHN; its interval says \
                     whether 1.44 and 0.56 are among the likely sizes.",
        figures: &[6],
        rule: "Reproduced where the direction is as claimed on every dataset with data (Holm-corrected p < 0.05), contradicted \
               where it is the other one on any.",
        parts: |evidence| {
            let of =
                |(dataset, claimed): (&str, Claimed)| epochs_ratio(evidence.figure(6), dataset, BOTH, NONE, claimed);
            [("cifar10", Claimed::Higher), (OTHERS[0], Claimed::Lower), (OTHERS[1], Claimed::Lower)].map(of).into()
        },
        decide: verdict::all,
    },
    Claim {
        id: "6d",
        statement: "On FashionMNIST and SVHN some reset seeds beat the baseline, no [No, No] seed does.",
        hypothesis: "At least one run with a reset, and no run without, ends below the baseline's mean test loss.",
        figures: &[6],
        rule: "A count, not a test. Reproduced where a reset run is below the baseline's mean and none of at least 10 [No, No] \
               runs is; contradicted where a [No, No] run is, or none of at least 30 reset runs.",
        parts: |evidence| OTHERS.iter().map(|dataset| beating(evidence.figure(6), dataset)).collect(),
        decide: verdict::all,
    },
    TRAINING_LOSS,
];

fn beating(groups: Option<&Groups<'_>>, dataset: &str) -> Part {
    let what = "runs below the baseline's mean".to_owned();
    let mut part = Part::new(dataset, what, "count", "share of reset runs that beat the baseline");
    let values = |condition: &str| {
        groups.and_then(|g| g.get(dataset, condition)).map(|g| g.values(Quantity::TestLoss)).unwrap_or_default()
    };
    let plain = values(NONE);
    let reset: Vec<f64> = [SECOND, FIRST, BOTH].iter().flat_map(|condition| values(condition)).collect();
    let Ok(baseline) = mean(&values(BASELINE)) else {
        return part;
    };
    if plain.is_empty() || reset.is_empty() {
        return part;
    }
    let below = |side: &[f64]| side.iter().filter(|loss| **loss < baseline).count();
    let (of_plain, of_reset) = (below(&plain), below(&reset));
    part.what = format!(
        "runs below the baseline's mean: {of_reset} of {} with a reset, {of_plain} of {} without",
        reset.len(),
        plain.len()
    );
    part.sizes = vec![reset.len(), plain.len()];
    part.estimate = Ok(of_reset as f64 / reset.len() as f64);
    part.interval = Ok(crate::interval::wilson(of_reset, reset.len()));
    let outcome = if of_plain > 0 || of_reset == 0 && reset.len() >= RESET_RUNS {
        Outcome::Opposed
    } else if of_reset > 0 && plain.len() >= SEEDS {
        Outcome::Supported
    } else {
        Outcome::Undecided
    };
    part.finding = Finding::Settled { p: None, outcome };
    part.seeds_needed = Some(SEEDS as u64);
    part
}
