//! Claims on the bias reset (Figure 6).

use statistics::{mean, wilson_interval};

use crate::claims::claim::{Claim, Evidence};
use crate::claims::findings::{direction, epochs_ratio};
use crate::claims::part::{Claimed, Finding, Outcome, Part};
use crate::claims::resets::{ResetConditions, reset_conditions};
use crate::claims::role::Role;
use crate::claims::training_loss::TRAINING_LOSS;
use crate::claims::verdict;
use crate::runs::Quantity;

/// The datasets besides CIFAR-10.
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
            let of = |c: &ResetConditions<'_, '_>| {
                [&c.last, &c.first, &c.both].map(|reset| direction("cifar10", reset, &c.none, Claimed::Lower))
            };
            reset_conditions(&evidence.studied(6, "cifar10")).iter().flat_map(of).collect()
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
        parts: |evidence| each(evidence, &OTHERS, |_, dataset, c| direction(dataset, &c.both, &c.none, Claimed::Lower)),
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
            each(evidence, &["cifar10", OTHERS[0], OTHERS[1]], |_, dataset, c| {
                let claimed = if dataset == "cifar10" { Claimed::Higher } else { Claimed::Lower };
                epochs_ratio(dataset, &c.both, &c.none, claimed)
            })
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
        parts: |evidence| each(evidence, &OTHERS, beating),
        decide: verdict::all,
    },
    TRAINING_LOSS,
];

/// A part for each dataset and amount that is added to the biases.
fn each(
    evidence: &Evidence<'_>,
    datasets: &[&str],
    part: fn(&Evidence<'_>, &str, &ResetConditions<'_, '_>) -> Part,
) -> Vec<Part> {
    let of = |dataset: &&str| {
        let found = reset_conditions(&evidence.studied(6, dataset));
        found.iter().map(|conditions| part(evidence, dataset, conditions)).collect::<Vec<_>>()
    };
    datasets.iter().flat_map(of).collect()
}

fn beating(evidence: &Evidence<'_>, dataset: &str, conditions: &ResetConditions<'_, '_>) -> Part {
    let what = "runs below the baseline's mean".to_owned();
    let mut part = Part::new(dataset, what, "count", "share of reset runs that beat the baseline");
    let values = |role: &Role<'_, '_>| role.group.map(|g| g.values(Quantity::TestLoss)).unwrap_or_default();
    let plain = values(&conditions.none);
    let reset: Vec<f64> =
        [&conditions.last, &conditions.first, &conditions.both].into_iter().flat_map(values).collect();
    let Ok(baseline) = mean(&values(&evidence.baseline(6, &conditions.none))) else {
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
    part.interval = Ok(wilson_interval(of_reset, reset.len()));
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
