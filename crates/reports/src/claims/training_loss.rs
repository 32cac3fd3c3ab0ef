//! The claim on the training loss, to which Figures 3 and 6 speak.

use crate::claims::claim::{Claim, Evidence};
use crate::claims::fig3::{DATASETS, each_dataset};
use crate::claims::findings::{Bound, no_change};
use crate::claims::part::Part;
use crate::claims::resets::reset_conditions;
use crate::claims::verdict;
use crate::runs::Quantity;

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

fn training_loss(evidence: &Evidence<'_>) -> Vec<Part> {
    let mut parts = each_dataset(evidence, |evidence, dataset, rates| {
        let baseline = evidence.baseline(3, &rates.base_base);
        no_change(dataset, &rates.base_base, &baseline, Quantity::TrainLoss, Bound::Above)
    });
    for dataset in DATASETS {
        for resets in reset_conditions(&evidence.studied(6, dataset)) {
            let baseline = evidence.baseline(6, &resets.none);
            parts.push(no_change(dataset, &resets.none, &baseline, Quantity::TrainLoss, Bound::Above));
        }
    }
    parts
}
