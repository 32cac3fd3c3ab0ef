//! Claims on discretization (Figure 4).

use statistics::{mean, one_sample_t};

use crate::claims::claim::{Claim, Evidence};
use crate::claims::findings::{Bound, direction, no_change, trend_of};
use crate::claims::need::{Effect, Need};
use crate::claims::part::{Claimed, Finding, Part};
use crate::claims::role::Role;
use crate::claims::verdict::Quorum;
use crate::conditions::{Ambiguity, Sequence, along};
use crate::roles::Axis;
use crate::runs::Quantity;

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        id: "4a",
        statement: "On CIFAR-10, test loss falls with the number of tasks for blur and for contrast, most of the gap being gone \
                    at the largest number.",
        hypothesis: "The trend over N falls, and the gap to the baseline at the largest N is less than half of that at N = 2.",
        figures: &[4],
        rule: "Reproduced where both trends fall and both gaps are more than halved (Holm-corrected p < 0.05), contradicted \
               where a trend rises or a gap keeps more than half.",
        parts: |evidence| {
            let of = |transform: &&str| {
                let paths = Paths::of(evidence, "cifar10", transform);
                paths.each(|path| vec![falling(path), halved(path)])
            };
            ["blur", "contrast"].iter().flat_map(of).collect()
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "4b",
        statement: "Pretraining on randomly shifted images is better than the baseline already with two tasks, and better still \
                    as their number grows.",
        hypothesis: "Mean final test loss of shift at N = 2 is below the baseline's, and the trend over N falls.",
        figures: &[4],
        rule: "Reproduced where both hold on every dataset (Holm-corrected p < 0.05), contradicted where the opposite \
               of either holds on any.",
        parts: |evidence| {
            let datasets = ["cifar10", "fashion-mnist", "mnist", "svhn"];
            let of = |dataset: &&str| {
                let mut parts = two_tasks(evidence, dataset, "shift", |two, baseline| {
                    direction(dataset, two, baseline, Claimed::Lower)
                });
                parts.extend(Paths::of(evidence, dataset, "shift").each(|path| vec![falling(path)]));
                parts
            };
            datasets.iter().flat_map(of).collect()
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "4c",
        statement: "On FashionMNIST nothing changes noticeably with the number of tasks except for shift; on SVHN there is no \
                    clear trend.",
        hypothesis: "At every N, blur and contrast on FashionMNIST, and all three on SVHN, stay within 5 % of the mean test \
                     loss at the smallest N; shift on FashionMNIST falls with N.",
        figures: &[4],
        rule: "Reproduced where equivalence is shown at every N and the shift trend falls (Holm-corrected p < 0.05), contradicted \
               where a difference is shown to lie beyond the margin or the shift trend rises (likewise).",
        parts: |evidence| {
            let mut parts = Vec::new();
            for (dataset, transform) in [
                ("fashion-mnist", "blur"),
                ("fashion-mnist", "contrast"),
                ("svhn", "blur"),
                ("svhn", "contrast"),
                ("svhn", "shift"),
            ] {
                parts.extend(Paths::of(evidence, dataset, transform).each(unchanged));
            }
            parts.extend(Paths::of(evidence, "fashion-mnist", "shift").each(|path| vec![falling(path)]));
            parts
        },
        quorum: Quorum::All,
    },
    Claim {
        id: "4d",
        statement: "On MNIST there is no clear negative pretraining.",
        hypothesis: "Mean final test loss after two tasks is less than 5 % above the baseline's, for each transformation.",
        figures: &[4],
        rule: "Reproduced where the upper one-sided test shows it for each transformation (Holm-corrected p < 0.05), contradicted \
               where any is shown to lie above the margin (likewise).",
        parts: |evidence| {
            let of = |transform: &&str| {
                two_tasks(evidence, "mnist", transform, |two, baseline| {
                    no_change("mnist", two, baseline, Quantity::TestLoss, Bound::Above)
                })
            };
            ["blur", "contrast", "shift"].iter().flat_map(of).collect()
        },
        quorum: Quorum::All,
    },
];

/// The paths in one transformation on a dataset.
struct Paths<'e, 'a> {
    evidence: &'e Evidence<'a>,
    dataset: &'e str,
    transform: &'e str,
    found: Vec<Result<Sequence, Ambiguity>>,
}

/// One of them: its conditions in the order of their numbers of tasks, where they have one.
struct Path<'p> {
    evidence: &'p Evidence<'p>,
    dataset: &'p str,
    transform: &'p str,
    sequence: Option<&'p Sequence>,
    /// Why there is none, where the table has such conditions.
    ambiguity: Option<&'p Ambiguity>,
}

impl<'e, 'a> Paths<'e, 'a> {
    fn of(evidence: &'e Evidence<'a>, dataset: &'e str, transform: &'e str) -> Self {
        let mut studied = evidence.studied(4, dataset);
        studied.retain(|group| group.factors.is_path(transform));
        Self { evidence, dataset, transform, found: along(&studied, &Axis::Tasks) }
    }

    /// The parts of each path; of one without conditions where there are none.
    fn each(&self, parts: impl Fn(&Path<'_>) -> Vec<Part>) -> Vec<Part> {
        let path = |sequence, ambiguity| Path {
            evidence: self.evidence,
            dataset: self.dataset,
            transform: self.transform,
            sequence,
            ambiguity,
        };
        if self.found.is_empty() {
            return parts(&path(None, None));
        }
        self.found.iter().flat_map(|found| parts(&path(found.as_ref().ok(), found.as_ref().err()))).collect()
    }
}

impl<'p> Path<'p> {
    /// What a part without conditions is about.
    fn missing(&self) -> String {
        let none = || format!("{}, number of tasks", self.transform);
        self.ambiguity.map_or_else(none, |ambiguity| ambiguity.reason.clone())
    }

    fn role(&self, label: &str) -> Role<'p, 'p> {
        Role::or_missing(self.evidence.figure(4).and_then(|groups| groups.get(self.dataset, label)), label)
    }
}

fn falling(path: &Path<'_>) -> Part {
    match path.sequence {
        Some(sequence) => trend_of(path.evidence.figure(4), path.dataset, sequence.clone(), Claimed::Lower),
        None => Part::new(path.dataset, path.missing(), "trend", "trend of the test loss"),
    }
}

fn unchanged(path: &Path<'_>) -> Vec<Part> {
    let Some((first, later)) = path.sequence.and_then(|sequence| sequence.conditions.split_first()) else {
        return vec![Part::new(
            path.dataset,
            path.missing(),
            "two one-sided t-tests",
            "difference of mean test losses",
        )];
    };
    let first = path.role(first);
    let part = |label: &String| no_change(path.dataset, &path.role(label), &first, Quantity::TestLoss, Bound::Both);
    later.iter().map(part).collect()
}

/// A part for each condition on a path in one transformation with two tasks, against its baseline.
fn two_tasks(
    evidence: &Evidence<'_>,
    dataset: &str,
    transform: &str,
    part: impl Fn(&Role<'_, '_>, &Role<'_, '_>) -> Part,
) -> Vec<Part> {
    let mut studied = evidence.studied(4, dataset);
    studied.retain(|group| group.factors.is_path(transform) && group.factors.tasks == Some(2));
    let mut roles: Vec<Role<'_, '_>> = studied.into_iter().map(Role::of).collect();
    if roles.is_empty() {
        roles.push(Role::missing(&format!("{transform} N=2")));
    }
    roles.iter().map(|role| part(role, &evidence.baseline(4, role))).collect()
}

/// At the largest N, less than half of the gap at the smallest N is left: (last − baseline) − (first − baseline)/2 per seed
/// is below zero.
fn halved(path: &Path<'_>) -> Part {
    let what = format!("{}: gap at the largest N less half of the gap at N = 2", path.transform);
    let mut part = Part::new(path.dataset, what, "one-sample t", "mean over shared seeds");
    let conditions = path.sequence.map(|sequence| &sequence.conditions[..]).unwrap_or_default();
    let (Some(first), Some(last)) = (conditions.first(), conditions.last()) else {
        return part;
    };
    let (first, last) = (path.role(first), path.role(last));
    let baseline = path.evidence.baseline(4, &first);
    let seeds = |role: &Role<'_, '_>| role.group.map(|g| g.seeded(Quantity::TestLoss)).unwrap_or_default();
    let (first, last, base) = (seeds(&first), seeds(&last), seeds(&baseline));
    if [&first, &last, &base].iter().any(|runs| runs.is_empty()) {
        return part;
    }
    let value = |side: &[(u64, f64)], seed: u64| side.iter().find(|p| p.0 == seed).map(|p| p.1);
    // Of the seeds that all three have: the gaps at the largest N and at N = 2.
    let gaps: Vec<[f64; 2]> = last
        .iter()
        .filter_map(|&(seed, l)| {
            let (f, b) = (value(&first, seed)?, value(&base, seed)?);
            Some([l - b, f - b])
        })
        .collect();
    let contrast: Vec<f64> = gaps.iter().map(|[last, first]| last - first / 2.0).collect();
    part.sizes = vec![gaps.len(); 3];
    let gap = mean(&gaps.iter().map(|gap| gap[1]).collect::<Vec<f64>>());
    match one_sample_t(&contrast, 0.95) {
        Ok(test) => {
            part.estimate = Ok(test.difference);
            part.interval = Ok(test.interval);
            // Without a gap there is none to be halved.
            if gap.is_ok_and(|gap| gap <= 0.0) {
                part.finding = Finding::Tested { support: 1.0, oppose: 1.0 };
                part.remarks.push("there is no gap at N = 2 that could be halved".into());
                return part;
            }
            let as_claimed = test.difference < 0.0;
            part.finding = Finding::of_direction(test.p.two_sided, as_claimed);
            part.need = Some(Need {
                paired: true,
                deviation: test.standard_error * (contrast.len() as f64).sqrt(),
                error: test.standard_error,
                of: Effect::Difference { size: test.difference, as_claimed },
            });
        }
        Err(reason) => part.finding = Finding::NotDefined(reason),
    }
    part
}
