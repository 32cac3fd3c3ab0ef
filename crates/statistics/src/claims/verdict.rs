//! From the outcomes of a claim's parts to its verdict.

use crate::claims::part::{Outcome, Part};

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

/// The largest number that any undecided part asks for: no number where one of them cannot say.
fn inconclusive(parts: &[Part]) -> Verdict {
    let undecided = parts.iter().filter(|part| part.outcome == Outcome::Undecided);
    let needed: Option<Vec<u64>> = undecided.map(|part| part.seeds_needed).collect();
    Verdict::Inconclusive { seeds_needed: needed.and_then(|n| n.into_iter().max()) }
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
        inconclusive(parts)
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
        inconclusive(parts)
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
        inconclusive(parts)
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
}
