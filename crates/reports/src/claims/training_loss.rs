//! The claim on the training loss, to which Figures 3 and 6 speak.

use crate::claims::claim::{Claim, Evidence};
use crate::claims::fig3::DATASETS;
use crate::claims::findings::{Bound, no_change};
use crate::claims::part::Part;
use crate::claims::rates::rate_conditions;
use crate::claims::resets::reset_conditions;
use crate::claims::role::Role;
use crate::claims::verdict::Quorum;
use crate::runs::{Quantity, Run};

pub(crate) const TRAINING_LOSS: Claim = Claim {
    id: "7a",
    statement: "It is not an optimisation problem: the training loss ends as low in pretrained runs as in baseline runs.",
    hypothesis: "The mean final training loss of pretrained runs (base rate in both tasks; no reset) is less than a margin \
                 above the baseline's, the margin being 5 % of the baseline's mean test loss.",
    figures: &[3, 6],
    rule: "Reproduced where the upper one-sided test shows it in every comparison (Holm-corrected p < 0.05), contradicted where any \
           is shown to lie above the margin (likewise). Runs that are in both figures count once.",
    parts: training_loss,
    quorum: Quorum::All,
};

fn training_loss(evidence: &Evidence<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for dataset in DATASETS {
        let of_rates = rate_conditions(&evidence.studied(3, dataset));
        let rates = of_rates.iter().map(|found| (3, found.base_base.clone()));
        let resets = reset_conditions(&evidence.studied(6, dataset)).into_iter().map(|found| (6, found.none));
        let mut taken: Vec<(u8, Role<'_, '_>)> = Vec::new();
        for (figure, role) in rates.chain(resets) {
            // The same runs under another name: the table with more of them speaks.
            match taken.iter_mut().find(|(_, other)| same_runs(other, &role)) {
                Some(twin) if runs(&twin.1) < runs(&role) => *twin = (figure, role),
                Some(_) => {}
                None => taken.push((figure, role)),
            }
        }
        // A figure without runs of the dataset is not what is missing where the other has them.
        if taken.iter().any(|(_, role)| role.group.is_some()) {
            taken.retain(|(_, role)| role.group.is_some());
        }
        for (figure, role) in taken {
            let baseline = evidence.baseline(figure, &role);
            let mut part = no_change(dataset, &role, &baseline, Quantity::TrainLoss, Bound::Above);
            part.what = format!("{} (Figure {figure})", part.what);
            parts.push(part);
        }
    }
    parts
}

fn runs(role: &Role<'_, '_>) -> usize {
    role.group.map_or(0, |group| group.values(Quantity::TrainLoss).len())
}

/// Whether two conditions share a run: the same seed with the very same losses.
fn same_runs(a: &Role<'_, '_>, b: &Role<'_, '_>) -> bool {
    let (Some(a), Some(b)) = (a.group, b.group) else {
        return false;
    };
    let same = |x: Option<f64>, y: Option<f64>| x.is_some() && x.map(f64::to_bits) == y.map(f64::to_bits);
    let is = |run: &&Run, other: &&Run| {
        run.seed == other.seed && same(run.test_loss, other.test_loss) && same(run.train_loss, other.train_loss)
    };
    a.runs.iter().any(|run| b.runs.iter().any(|other| is(run, other)))
}
