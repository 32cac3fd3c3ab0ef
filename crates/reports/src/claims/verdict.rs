//! From the outcomes of a claim's parts to its verdict.

use crate::claims::part::{Finding, Outcome, Part};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in these runs.
    Reproduced,
    /// The opposite holds in these runs.
    Contradicted,
    /// These runs do not say.
    Inconclusive {
        /// Seeds a condition that would, if the truth is what was observed; `None` where no number can be given.
        seeds_needed: Option<u64>,
    },
    /// The runs it needs are not there.
    NoData,
}

impl Verdict {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Contradicted => "contradicted",
            Self::Inconclusive { .. } => "inconclusive",
            Self::NoData => "no data",
        }
    }
}

fn count(parts: &[Part], outcome: Outcome) -> usize {
    parts.iter().filter(|part| part.outcome == outcome).count()
}

/// The numbers that undecided parts ask for to be decided the way they lean, in ascending order: those that lean towards the
/// claim, and those that lean against it. A part that cannot say has no number.
fn leanings(parts: &[Part]) -> (Vec<Option<u64>>, Vec<Option<u64>>) {
    let undecided = parts.iter().filter(|part| part.outcome == Outcome::Undecided);
    let against = |part: &&Part| matches!(part.finding, Finding::Direction { as_claimed: false, .. });
    let (against, towards): (Vec<&Part>, Vec<&Part>) = undecided.partition(against);
    let sorted = |parts: Vec<&Part>| {
        let mut needed: Vec<Option<u64>> = parts.iter().map(|part| part.seeds_needed).collect();
        needed.sort_unstable_by_key(|n| n.unwrap_or(u64::MAX));
        needed
    };
    (sorted(towards), sorted(against))
}

/// Undecided until `support` more parts support the claim or `oppose` more oppose it, whichever takes fewer seeds.
fn until(parts: &[Part], support: usize, oppose: usize) -> Verdict {
    let (towards, against) = leanings(parts);
    let reached = |needed: &[Option<u64>], more: usize| needed.get(more.saturating_sub(1)).copied().flatten();
    let seeds_needed = [reached(&towards, support), reached(&against, oppose)].into_iter().flatten().min();
    Verdict::Inconclusive { seeds_needed }
}

/// Every part must hold; one that is opposed is enough against it.
pub(crate) fn all(parts: &[Part]) -> Verdict {
    let with_data = parts.len() - count(parts, Outcome::NoData);
    if with_data == 0 {
        Verdict::NoData
    } else if count(parts, Outcome::Opposed) > 0 {
        Verdict::Contradicted
    } else if count(parts, Outcome::Supported) == with_data {
        Verdict::Reproduced
    } else {
        until(parts, with_data - count(parts, Outcome::Supported), 1)
    }
}

/// More than half of the parts must hold; half of them opposed are enough against it.
pub(crate) fn most(parts: &[Part]) -> Verdict {
    let with_data = parts.len() - count(parts, Outcome::NoData);
    if with_data == 0 {
        Verdict::NoData
    } else if 2 * count(parts, Outcome::Supported) > with_data {
        Verdict::Reproduced
    } else if 2 * count(parts, Outcome::Opposed) >= with_data {
        Verdict::Contradicted
    } else {
        let more_than_half = with_data / 2 + 1;
        let half = with_data.div_ceil(2);
        let left = |of: usize, outcome| of - count(parts, outcome).min(of);
        until(parts, left(more_than_half, Outcome::Supported), left(half, Outcome::Opposed))
    }
}

/// One part must hold; against it, all must be opposed.
pub(crate) fn any(parts: &[Part]) -> Verdict {
    let with_data = parts.len() - count(parts, Outcome::NoData);
    if with_data == 0 {
        Verdict::NoData
    } else if count(parts, Outcome::Supported) > 0 {
        Verdict::Reproduced
    } else if count(parts, Outcome::Opposed) == with_data {
        Verdict::Contradicted
    } else {
        until(parts, 1, with_data - count(parts, Outcome::Opposed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(outcomes: &[Outcome]) -> Vec<Part> {
        let part = |&outcome: &Outcome| {
            let mut part = Part::new("d", String::new(), "t", "m");
            part.outcome = outcome;
            part.seeds_needed = (outcome == Outcome::Undecided).then_some(7);
            part
        };
        outcomes.iter().map(part).collect()
    }

    #[test]
    fn verdicts_follow_the_parts() {
        use Outcome::{NoData, Opposed, Supported, Undecided};
        let undecided = Verdict::Inconclusive { seeds_needed: Some(7) };
        for (outcomes, of_all, of_most, of_any) in [
            (vec![NoData, NoData], Verdict::NoData, Verdict::NoData, Verdict::NoData),
            (vec![Supported, NoData], Verdict::Reproduced, Verdict::Reproduced, Verdict::Reproduced),
            (vec![Supported, Undecided], undecided, undecided, Verdict::Reproduced),
            (vec![Supported, Opposed], Verdict::Contradicted, Verdict::Contradicted, Verdict::Reproduced),
            (vec![Opposed, Opposed], Verdict::Contradicted, Verdict::Contradicted, Verdict::Contradicted),
            (vec![Supported, Supported, Undecided], undecided, Verdict::Reproduced, Verdict::Reproduced),
            (vec![Undecided, Undecided, Opposed], Verdict::Contradicted, undecided, undecided),
        ] {
            let parts = parts(&outcomes);
            assert_eq!((all(&parts), most(&parts), any(&parts)), (of_all, of_most, of_any), "{outcomes:?}");
        }
    }

    #[test]
    fn the_rule_decides_how_many_seeds_would_settle_it() {
        let part = |as_claimed: bool, seeds_needed: Option<u64>| {
            let mut part = Part::new("d", String::new(), "t", "m");
            part.finding = Finding::Direction { p: 0.5, as_claimed };
            part.outcome = Outcome::Undecided;
            part.seeds_needed = seeds_needed;
            part
        };
        let needed = |verdict| match verdict {
            Verdict::Inconclusive { seeds_needed } => seeds_needed,
            other => panic!("{other:?}"),
        };
        let towards = [part(true, Some(5)), part(true, Some(64)), part(true, Some(20))];
        assert_eq!([all(&towards), most(&towards), any(&towards)].map(needed), [Some(64), Some(20), Some(5)]);
        // One that leans against the claim is enough against `all`, two of three against `most`.
        let mixed = [part(true, Some(5)), part(false, Some(17)), part(false, Some(9))];
        assert_eq!([all(&mixed), most(&mixed), any(&mixed)].map(needed), [Some(9), Some(17), Some(5)]);
        let silent = [part(true, Some(5)), part(true, None)];
        assert_eq!([all(&silent), any(&silent)].map(needed), [None, Some(5)]);
    }
}
