//! Claims on discretization (Figure 4).

use crate::claims::findings::{Bound, direction, no_change, sides, trend_of};
use crate::claims::part::{Claimed, Finding, Outcome, Part};
use crate::claims::{Claim, LEVEL, verdict};
use crate::groups::Groups;
use crate::labels::{BASELINE, steps};
use crate::moments::mean;
use crate::paired_t::one_sample_t;
use crate::power::pairs_needed;
use crate::table::Quantity;
use crate::trends::{Sequence, sequences};

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
            let groups = evidence.figure(4);
            ["blur", "contrast"]
                .iter()
                .flat_map(|transform| [falling(groups, "cifar10", transform), halved(groups, "cifar10", transform)])
                .collect()
        },
        decide: verdict::all,
    },
    Claim {
        id: "4b",
        statement: "Pretraining on randomly shifted images is better than the baseline already with two tasks, and better still \
                    as their number grows.",
        hypothesis: "Mean final test loss of shift at N = 2 is below the baseline's, and the trend over N falls.",
        figures: &[4],
        rule: "Reproduced where both hold on every dataset with data (Holm-corrected p < 0.05), contradicted where the opposite \
               of either holds on any.",
        parts: |evidence| {
            let groups = evidence.figure(4);
            let datasets = ["cifar10", "fashion-mnist", "mnist", "svhn"];
            let of = |dataset: &&str| {
                [direction(groups, dataset, "shift N=2", BASELINE, Claimed::Lower), falling(groups, dataset, "shift")]
            };
            datasets.iter().flat_map(of).collect()
        },
        decide: verdict::all,
    },
    Claim {
        id: "4c",
        statement: "On FashionMNIST nothing changes noticeably with the number of tasks except for shift; on SVHN there is no \
                    clear trend.",
        hypothesis: "At every N, blur and contrast on FashionMNIST, and all three on SVHN, stay within 5 % of the mean test \
                     loss at the smallest N; shift on FashionMNIST falls with N.",
        figures: &[4],
        rule: "Reproduced where equivalence is shown at every N (p < 0.05 each) and the shift trend falls, contradicted where a \
               95 % interval lies beyond the margin or the shift trend rises.",
        parts: |evidence| {
            let groups = evidence.figure(4);
            let mut parts = Vec::new();
            for (dataset, transform) in [
                ("fashion-mnist", "blur"),
                ("fashion-mnist", "contrast"),
                ("svhn", "blur"),
                ("svhn", "contrast"),
                ("svhn", "shift"),
            ] {
                parts.extend(unchanged(groups, dataset, transform));
            }
            parts.push(falling(groups, "fashion-mnist", "shift"));
            parts
        },
        decide: verdict::all,
    },
    Claim {
        id: "4d",
        statement: "On MNIST there is no clear negative pretraining.",
        hypothesis: "Mean final test loss after two tasks is less than 5 % above the baseline's, for each transformation.",
        figures: &[4],
        rule: "Reproduced where the upper one-sided test has p < 0.05 for each transformation, contradicted where a 95 % \
               interval lies above the margin.",
        parts: |evidence| {
            let of = |transform: &&str| {
                let condition = format!("{transform} N=2");
                no_change(evidence.figure(4), "mnist", &condition, BASELINE, Quantity::TestLoss, Bound::Above)
            };
            ["blur", "contrast", "shift"].iter().map(of).collect()
        },
        decide: verdict::all,
    },
];

/// The conditions `<transform> N=…` of a dataset in their order; empty without any.
fn sequence(groups: Option<&Groups<'_>>, dataset: &str, transform: &str) -> Sequence {
    let conditions = groups.map(|g| g.conditions(dataset)).unwrap_or_default();
    let own: Vec<&str> =
        conditions.into_iter().filter(|c| steps(c).is_some_and(|(name, _)| name == transform)).collect();
    let none = || Sequence { name: transform.to_owned(), conditions: Vec::new(), levels: Vec::new() };
    sequences(&own).into_iter().next().unwrap_or_else(none)
}

fn falling(groups: Option<&Groups<'_>>, dataset: &str, transform: &str) -> Part {
    let sequence = sequence(groups, dataset, transform);
    if sequence.conditions.is_empty() {
        return Part::new(dataset, format!("{transform}, number of tasks"), "trend", "Spearman's ρ with the order");
    }
    trend_of(groups, dataset, sequence, Claimed::Lower)
}

fn unchanged(groups: Option<&Groups<'_>>, dataset: &str, transform: &str) -> Vec<Part> {
    let sequence = sequence(groups, dataset, transform);
    let Some((first, later)) = sequence.conditions.split_first() else {
        let what = format!("{transform}, number of tasks");
        return vec![Part::new(dataset, what, "two one-sided t-tests", "difference of mean test losses")];
    };
    let part = |condition: &String| no_change(groups, dataset, condition, first, Quantity::TestLoss, Bound::Both);
    later.iter().map(part).collect()
}

/// At the largest N, less than half of the gap at the smallest N is left: (last − baseline) − (first − baseline)/2 per seed
/// is below zero.
fn halved(groups: Option<&Groups<'_>>, dataset: &str, transform: &str) -> Part {
    let what = format!("{transform}: gap at the largest N less half of the gap at N = 2");
    let mut part = Part::new(dataset, what, "one-sample t", "mean over shared seeds");
    let sequence = sequence(groups, dataset, transform);
    let (Some(first), Some(last)) = (sequence.conditions.first(), sequence.conditions.last()) else {
        return part;
    };
    let (Some(ends), Some(start)) = (
        sides(groups, dataset, last, BASELINE, Quantity::TestLoss),
        sides(groups, dataset, first, BASELINE, Quantity::TestLoss),
    ) else {
        return part;
    };
    // The three conditions must share their seeds: those that pair both with the baseline and are the same ones.
    let seeds = |condition: &str| -> Vec<(u64, f64)> {
        let runs = groups.and_then(|g| g.get(dataset, condition)).map(|g| g.runs.clone()).unwrap_or_default();
        runs.iter().filter_map(|run| Some((run.seed, run.test_loss?))).collect()
    };
    let (first, last, base) = (seeds(first), seeds(last), seeds(BASELINE));
    let value = |side: &[(u64, f64)], seed: u64| side.iter().find(|p| p.0 == seed).map(|p| p.1);
    let contrast: Vec<f64> = last
        .iter()
        .filter_map(|&(seed, l)| {
            let (f, b) = (value(&first, seed)?, value(&base, seed)?);
            Some((l - b) - (f - b) / 2.0)
        })
        .collect();
    part.sizes = vec![ends.x.len(), start.x.len(), ends.y.len()];
    let gap = mean(&start.x).and_then(|x| Ok(x - mean(&start.y)?));
    match one_sample_t(&contrast, 0.95) {
        // Without a gap there is none to be halved.
        Ok(test) if gap.is_ok_and(|gap| gap <= 0.0) => {
            part.estimate = Ok(test.difference);
            part.interval = Ok(test.interval);
            part.finding = Finding::Settled { p: Some(test.p.two_sided), outcome: Outcome::Undecided };
        }
        Ok(test) => {
            part.estimate = Ok(test.difference);
            part.interval = Ok(test.interval);
            part.finding = Finding::Direction { p: test.p.two_sided, as_claimed: test.difference < 0.0 };
            let deviation = test.standard_error * (contrast.len() as f64).sqrt();
            part.seeds_needed = pairs_needed(test.difference / deviation, LEVEL).ok();
        }
        Err(reason) => part.finding = Finding::NotDefined(reason),
    }
    part
}
