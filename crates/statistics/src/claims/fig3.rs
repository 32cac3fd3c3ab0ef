//! Claims on the learning rate (Figure 3), and on the training loss.

use crate::claims::findings::{Bound, direction, no_change, trend_of};
use crate::claims::part::{Claimed, Part};
use crate::claims::{Claim, Evidence, verdict};
use crate::labels::{BASELINE, RateConditions, rate_conditions};
use crate::table::Quantity;
use crate::trends::rate_sequence;

const DATASETS: [&str; 3] = ["cifar10", "fashion-mnist", "svhn"];

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "3a",
        statement: "At a constant learning rate, pretraining on blurred images raises the final test loss over the baseline.",
        hypothesis: "Mean final test loss at the base rate in both tasks is above the baseline's.",
        figures: &[3],
        rule: "Reproduced where it is higher on every dataset with data (Holm-corrected p < 0.05), contradicted where it is \
               lower on any.",
        parts: |evidence| {
            each_dataset(evidence, |groups, dataset, rates| {
                direction(groups, dataset, rates.base_base, BASELINE, Claimed::Higher)
            })
        },
        decide: verdict::all,
    },
    Claim {
        id: "3b",
        statement: "The higher the second learning rate, the smaller that gap.",
        hypothesis: "After the base rate, the final test loss falls from half the rate over the same rate to twice the rate.",
        figures: &[3],
        rule: "Reproduced where the trend falls on every dataset with data (Holm-corrected p < 0.05), contradicted where it \
               rises on any.",
        parts: |evidence| {
            each_dataset(evidence, |groups, dataset, rates| {
                let sequence = rate_sequence(&[rates.base_half, rates.base_base, rates.base_double]);
                trend_of(groups, dataset, sequence, Claimed::Lower)
            })
        },
        decide: verdict::all,
    },
    Claim {
        id: "3c",
        statement: "The base rate followed by its double ends lower than the double rate in both tasks, on every dataset.",
        hypothesis: "Mean final test loss of (base, double) is below that of (double, double).",
        figures: &[3],
        rule: "Reproduced where it is lower on every dataset with data (Holm-corrected p < 0.05), contradicted where it is \
               higher on any.",
        parts: |evidence| {
            each_dataset(evidence, |groups, dataset, rates| {
                direction(groups, dataset, rates.base_double, rates.double_double, Claimed::Lower)
            })
        },
        decide: verdict::all,
    },
];

pub(crate) const TRAINING_LOSS: Claim = Claim {
    id: "7a",
    statement: "It is not an optimisation problem: the training loss ends as low in pretrained runs as in baseline runs.",
    hypothesis: "The mean final training loss of pretrained runs (base rate in both tasks; no reset) is less than a margin \
                 above the baseline's, the margin being 5 % of the baseline's mean test loss.",
    figures: &[3, 6],
    rule: "Reproduced where the upper one-sided test has p < 0.05 in every comparison with data, contradicted where the 95 % \
           interval lies above the margin in any.",
    parts: training_loss,
    decide: verdict::all,
};

/// The roles of the conditions are looked for on each dataset, as one may lack conditions that another has.
fn each_dataset(
    evidence: &Evidence<'_>,
    part: fn(Option<&crate::groups::Groups<'_>>, &str, RateConditions<'_>) -> Part,
) -> Vec<Part> {
    let groups = evidence.figure(3);
    DATASETS
        .iter()
        .map(|dataset| {
            let conditions = groups.map(|g| g.conditions(dataset)).unwrap_or_default();
            match rate_conditions(&conditions) {
                Some(rates) => part(groups, dataset, rates),
                None => Part::new(dataset, "learning-rate conditions".into(), "none", "difference of mean test losses"),
            }
        })
        .collect()
}

fn training_loss(evidence: &Evidence<'_>) -> Vec<Part> {
    let mut parts = each_dataset(evidence, |groups, dataset, rates| {
        no_change(groups, dataset, rates.base_base, BASELINE, Quantity::TrainLoss, Bound::Above)
    });
    parts.extend(DATASETS.iter().map(|dataset| {
        no_change(evidence.figure(6), dataset, "[No, No]", BASELINE, Quantity::TrainLoss, Bound::Above)
    }));
    parts
}
