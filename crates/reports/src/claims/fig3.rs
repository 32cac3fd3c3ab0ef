//! Claims on the learning rate (Figure 3).

use crate::claims::claim::{Claim, Evidence};
use crate::claims::findings::{direction, trend_of};
use crate::claims::part::{Claimed, Part};
use crate::claims::rates::{RateConditions, rate_conditions};
use crate::claims::verdict::Quorum;
use crate::conditions::Sequence;

/// The datasets of the figure.
pub(crate) const DATASETS: [&str; 3] = ["cifar10", "fashion-mnist", "svhn"];

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "3a",
        statement: "At a constant learning rate, pretraining on blurred images raises the final test loss over the baseline.",
        hypothesis: "Mean final test loss at the base rate in both tasks is above the baseline's.",
        figures: &[3],
        rule: "Reproduced where it is higher on every dataset (Holm-corrected p < 0.05), contradicted where it is \
               lower on any.",
        parts: |evidence| {
            each_dataset(evidence, |evidence, dataset, rates| {
                let baseline = evidence.baseline(3, &rates.base_base);
                direction(dataset, &rates.base_base, &baseline, Claimed::Higher)
            })
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "3b",
        statement: "The higher the second learning rate, the smaller that gap.",
        hypothesis: "After the base rate, the final test loss falls from half the rate over the same rate to twice the rate.",
        figures: &[3],
        rule: "Reproduced where the trend falls on every dataset (Holm-corrected p < 0.05), contradicted where it \
               rises on any.",
        parts: |evidence| {
            each_dataset(evidence, |evidence, dataset, rates| {
                let sequence = Sequence {
                    name: "second learning rate".into(),
                    conditions: [&rates.base_half, &rates.base_base, &rates.base_double].map(|r| r.name.clone()).into(),
                    levels: vec![0.5, 1.0, 2.0],
                };
                trend_of(evidence.figure(3), dataset, sequence, Claimed::Lower)
            })
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "3c",
        statement: "The base rate followed by its double ends lower than the double rate in both tasks, on every dataset.",
        hypothesis: "Mean final test loss of (base, double) is below that of (double, double).",
        figures: &[3],
        rule: "Reproduced where it is lower on every dataset (Holm-corrected p < 0.05), contradicted where it is \
               higher on any.",
        parts: |evidence| {
            each_dataset(evidence, |_, dataset, rates| {
                direction(dataset, &rates.base_double, &rates.double_double, Claimed::Lower)
            })
        },
        quorum: Quorum::All,
    },
];

/// The roles of the conditions are looked for on each dataset, as one may lack conditions that another has.
fn each_dataset(evidence: &Evidence<'_>, part: fn(&Evidence<'_>, &str, &RateConditions<'_, '_>) -> Part) -> Vec<Part> {
    let of = |dataset: &&str| {
        let found = rate_conditions(&evidence.studied(3, dataset));
        if found.is_empty() {
            let what = "learning-rate conditions".into();
            return vec![Part::new(dataset, what, "none", "difference of mean test losses")];
        }
        found.iter().map(|rates| part(evidence, dataset, rates)).collect()
    };
    DATASETS.iter().flat_map(of).collect()
}
