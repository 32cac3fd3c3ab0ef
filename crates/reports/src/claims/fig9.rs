//! Claims on what the paper's section 7 supposes (Figure 9). They are ours: the paper speculates and measures none of it.

use crate::claims::claim::{Claim, Evidence};
use crate::claims::fig3::DATASETS;
use crate::claims::findings::direction_of;
use crate::claims::part::{Claimed, Part};
use crate::claims::role::Role;
use crate::claims::verdict::Quorum;
use crate::conditions::Group;
use crate::roles::same;
use crate::runs::{Cause, Quantity};

const FIGURE: u8 = 9;

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "7b",
        statement: "Interventions that lower the loss have longer paths of updates.",
        hypothesis: "Of the interventions whose mean final test loss is below that of pretraining without intervention, the mean \
                     length of the path of updates in the last task is above that of pretraining without intervention.",
        figures: &[FIGURE],
        rule: "Reproduced where it is longer for each of them on every dataset (Holm-corrected p < 0.05), contradicted where it is \
               shorter for any. Whether an intervention lowers the loss is taken from the means alone.",
        parts: |evidence| {
            each_dataset(evidence, Cause::PathLength, |_, dataset, conditions| {
                let mean = |role: &Role<'_, '_>| statistics::mean(&role.group?.values(Quantity::TestLoss)).ok();
                let lowers = |role: &&Role<'_, '_>| {
                    mean(role).zip(mean(&conditions.plain)).is_some_and(|(with, without)| with < without)
                };
                let part = |role| {
                    direction_of(dataset, role, &conditions.plain, Quantity::Cause(Cause::PathLength), Claimed::Higher)
                };
                let parts: Vec<Part> = conditions.interventions.iter().filter(lowers).map(part).collect();
                if !parts.is_empty() {
                    return parts;
                }
                let what = "interventions that lower the loss".into();
                let mut none = Part::new(dataset, what, "none", Cause::PathLength.difference());
                none.remarks.push("no intervention lowered the loss here".into());
                vec![none]
            })
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "7c",
        statement: "Pretrained networks end sharper.",
        hypothesis: "The mean largest eigenvalue of the training loss's Hessian at the end is above the baseline's.",
        figures: &[FIGURE],
        rule: "Reproduced where it is larger on every dataset (Holm-corrected p < 0.05), contradicted where it is smaller on any.",
        parts: |evidence| against_baseline(evidence, Cause::Sharpness, Claimed::Higher),
        quorum: Quorum::All,
    },
    Claim {
        id: "7d",
        statement: "The tangent kernel moves less in the second task than in the baseline's training.",
        hypothesis: "The mean distance of the tangent kernel at the end from that of the network which the last task received is below \
                     the baseline's, which starts from initialisation.",
        figures: &[FIGURE],
        rule: "Reproduced where it is smaller on every dataset (Holm-corrected p < 0.05), contradicted where it is larger on any.",
        parts: |evidence| against_baseline(evidence, Cause::KernelDistance, Claimed::Lower),
        quorum: Quorum::All,
    },
    Claim {
        id: "7e",
        statement: "Displacement is smaller after pretraining.",
        hypothesis: "The mean displacement of the parameters in the last task, relative to the norm of those that it received, is below \
                     the baseline's.",
        figures: &[FIGURE],
        rule: "Reproduced where it is smaller on every dataset (Holm-corrected p < 0.05), contradicted where it is larger on any.",
        parts: |evidence| against_baseline(evidence, Cause::Displacement, Claimed::Lower),
        quorum: Quorum::All,
    },
    Claim {
        id: "7f",
        statement: "The gap in the loss is not miscalibration alone.",
        hypothesis: "With logits divided by the temperature that suits the test images best, the mean test loss of pretrained networks \
                     is still above the baseline's.",
        figures: &[FIGURE],
        rule: "Reproduced where it is higher on every dataset (Holm-corrected p < 0.05), contradicted where it is lower on any.",
        parts: |evidence| against_baseline(evidence, Cause::LossAtBestTemperature, Claimed::Higher),
        quorum: Quorum::All,
    },
];

/// The conditions of the figure by their roles.
struct Conditions<'g, 'a> {
    /// Blurred images, then standard ones, at one learning rate.
    plain: Role<'g, 'a>,
    /// The same with a higher second learning rate, with tasks between, or with a bias reset.
    interventions: Vec<Role<'g, 'a>>,
}

impl<'g, 'a> Conditions<'g, 'a> {
    fn of(studied: &[&'g Group<'a>]) -> Option<Self> {
        let blurred: Vec<&'g Group<'a>> =
            studied.iter().copied().filter(|group| group.factors.is_path("blur")).collect();
        let is_plain = |group: &&&Group<'a>| {
            let factors = group.factors;
            let at_one_rate = factors.rates().is_some_and(|(first, last)| same(first, last));
            factors.tasks == Some(2) && at_one_rate && factors.interventions.as_deref().unwrap_or_default().is_empty()
        };
        let plain = *blurred.iter().find(is_plain)?;
        let interventions = blurred.iter().filter(|group| group.condition != plain.condition);
        Some(Self { plain: Role::of(plain), interventions: interventions.map(|group| Role::of(group)).collect() })
    }
}

fn each_dataset(
    evidence: &Evidence<'_>,
    cause: Cause,
    parts: impl Fn(&Evidence<'_>, &str, &Conditions<'_, '_>) -> Vec<Part>,
) -> Vec<Part> {
    let of = |dataset: &&str| match Conditions::of(&evidence.studied(FIGURE, dataset)) {
        Some(conditions) => parts(evidence, dataset, &conditions),
        None => vec![Part::new(dataset, "blurred images before standard ones".into(), "none", cause.difference())],
    };
    DATASETS.iter().flat_map(of).collect()
}

fn against_baseline(evidence: &Evidence<'_>, cause: Cause, claimed: Claimed) -> Vec<Part> {
    each_dataset(evidence, cause, |evidence, dataset, conditions| {
        let baseline = evidence.baseline(FIGURE, &conditions.plain);
        vec![direction_of(dataset, &conditions.plain, &baseline, Quantity::Cause(cause), claimed)]
    })
}
