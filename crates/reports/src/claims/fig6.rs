//! Claims on the bias reset (Figure 6).

use statistics::{mean, wilson_interval};

use crate::claims::claim::{Claim, Evidence};
use crate::claims::findings::{direction, epochs_ratio};
use crate::claims::part::{Claimed, Finding, Part};
use crate::claims::resets::{ResetConditions, reset_conditions};
use crate::claims::role::Role;
use crate::claims::training_loss::TRAINING_LOSS;
use crate::claims::verdict::Quorum;
use crate::runs::Quantity;

/// The datasets besides CIFAR-10.
const OTHERS: [&str; 2] = ["fashion-mnist", "svhn"];

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
        quorum: Quorum::All,
    },
    Claim {
        id: "6b",
        statement: "On FashionMNIST and SVHN, [Yes, Yes] is slightly better than [No, No].",
        hypothesis: "Mean final test loss of [Yes, Yes] is below that of [No, No].",
        figures: &[6],
        rule: "Reproduced where it is lower on every dataset (Holm-corrected p < 0.05), contradicted where it is \
               higher on any.",
        parts: |evidence| each(evidence, &OTHERS, |_, dataset, c| direction(dataset, &c.both, &c.none, Claimed::Lower)),
        quorum: Quorum::All,
    },
    Claim {
        id: "6c",
        statement: "Epochs to the best validation loss, [Yes, Yes] against [No, No]: 44 % more on CIFAR-10, 44 % fewer on \
                    FashionMNIST and SVHN.",
        hypothesis: "The ratio of the epochs is above 1 on CIFAR-10 and below 1 on FashionMNIST and SVHN; its interval says \
                     whether 1.44 and 0.56 are among the likely sizes.",
        figures: &[6],
        rule: "Reproduced where the direction is as claimed on every dataset (Holm-corrected p < 0.05), contradicted \
               where it is the other one on any.",
        parts: |evidence| {
            each(evidence, &["cifar10", OTHERS[0], OTHERS[1]], |_, dataset, c| {
                let claimed = if dataset == "cifar10" { Claimed::Higher } else { Claimed::Lower };
                epochs_ratio(dataset, &c.both, &c.none, claimed)
            })
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "6d",
        statement: "On FashionMNIST and SVHN some reset seeds beat the baseline, no [No, No] seed does.",
        hypothesis: "The shares of runs with a reset, and of runs without, that end below the baseline's mean test loss.",
        figures: &[6],
        rule: "Not decided: how many of the paper's runs fell on which side is a matter of a few runs. Both shares are estimated, with \
               Wilson's 95 % intervals, in which the baseline's mean counts as known.",
        parts: |evidence| {
            OTHERS
                .iter()
                .flat_map(|dataset| {
                    let found = reset_conditions(&evidence.studied(6, dataset));
                    found.iter().flat_map(|conditions| beating(evidence, dataset, conditions)).collect::<Vec<_>>()
                })
                .collect()
        },
        quorum: Quorum::Estimate,
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

/// The shares of runs below the baseline's mean, with a reset and without.
fn beating(evidence: &Evidence<'_>, dataset: &str, conditions: &ResetConditions<'_, '_>) -> [Part; 2] {
    let values = |role: &Role<'_, '_>| role.group.map(|g| g.values(Quantity::TestLoss)).unwrap_or_default();
    let baseline = mean(&values(&evidence.baseline(6, &conditions.none)));
    let with: Vec<f64> = [&conditions.last, &conditions.first, &conditions.both].into_iter().flat_map(values).collect();
    [("runs with a reset", with), ("runs without", values(&conditions.none))].map(|(which, runs)| {
        let mut part = Part::new(dataset, which.into(), "none", "share below the baseline's mean");
        let Ok(baseline) = baseline else {
            return part;
        };
        if !runs.is_empty() {
            let below = runs.iter().filter(|loss| **loss < baseline).count();
            part.what = format!("{which}: {below} of {}", runs.len());
            part.sizes = vec![runs.len()];
            part.estimate = Ok(below as f64 / runs.len() as f64);
            part.interval = Ok(wilson_interval(below, runs.len()));
            part.finding = Finding::Estimated;
        }
        part
    })
}
