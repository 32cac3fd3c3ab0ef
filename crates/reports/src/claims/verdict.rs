//! From the outcomes of a claim's parts to its verdict.

use crate::claims::need::{Power, Seeds};
use crate::claims::part::{LEVEL, Outcome, Part};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in these runs, in every part that it names.
    Reproduced,
    /// It holds wherever these runs test it, which is not everywhere.
    SupportedWhereTested {
        /// Parts with data.
        tested: usize,
        /// Parts that the claim names.
        named: usize,
    },
    /// The opposite holds in these runs.
    Contradicted,
    /// These runs do not say.
    Inconclusive,
    /// It is a size and no test.
    Estimated,
    /// The runs it needs are not there.
    NoData,
}

impl Verdict {
    /// In a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::SupportedWhereTested { .. } => "supported where tested",
            Self::Contradicted => "contradicted",
            Self::Inconclusive => "inconclusive",
            Self::Estimated => "estimated",
            Self::NoData => "no data",
        }
    }
}

/// How many of its parts a claim needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// Every part must hold; one that is opposed is enough against it.
    All,
    /// More than half of the parts must hold; half of all that it names opposed are enough against it.
    Most,
    /// One part must hold; against it, all must be opposed.
    Any,
    /// Nothing is decided.
    Estimate,
}

impl Quorum {
    /// The verdict on settled parts.
    pub(crate) fn decide(self, parts: &[Part]) -> Verdict {
        let count = |outcome| parts.iter().filter(|part| part.outcome == outcome).count();
        let (named, supported, opposed) = (parts.len(), count(Outcome::Supported), count(Outcome::Opposed));
        let tested = named - count(Outcome::NoData);
        if tested == 0 {
            return Verdict::NoData;
        }
        if self == Self::Estimate {
            return Verdict::Estimated;
        }
        if opposed >= self.enough_against(tested, named) {
            return Verdict::Contradicted;
        }
        if supported >= self.enough_for(named) {
            return Verdict::Reproduced;
        }
        if supported >= self.enough_for(tested) {
            return Verdict::SupportedWhereTested { tested, named };
        }
        Verdict::Inconclusive
    }

    /// Seeds a condition that would decide the claim, for or against.
    pub(crate) fn seeds(self, parts: &[Part]) -> Seeds {
        Seeds::of(|n, shift| self.power(parts, n, shift))
    }

    /// How many of so many parts must hold.
    fn enough_for(self, parts: usize) -> usize {
        match self {
            Self::All => parts,
            Self::Most => parts / 2 + 1,
            Self::Any | Self::Estimate => 1,
        }
    }

    /// How many must be opposed, of so many parts with data and so many that the claim names.
    fn enough_against(self, tested: usize, named: usize) -> usize {
        match self {
            Self::All => 1,
            Self::Most => named.div_ceil(2),
            Self::Any | Self::Estimate => tested,
        }
    }

    /// How likely `n` seeds a condition decide the claim, for or against, all parts taken together: each at the level that Holm's
    /// correction starts from, the parts as if they were independent.
    fn power(self, parts: &[Part], n: u64, shift: f64) -> f64 {
        let tested: Vec<&Part> = parts.iter().filter(|part| part.outcome != Outcome::NoData).collect();
        let level = corrected_level(parts);
        let none = Power { support: 0.0, oppose: 0.0 };
        let powers: Vec<Power> =
            tested.iter().map(|part| part.need.map_or(none, |need| need.power(n, level, shift))).collect();
        let reach = |of: fn(&Power) -> f64, enough: usize| at_least(powers.iter().map(of), enough);
        let (enough_for, enough_against) =
            (self.enough_for(tested.len()), self.enough_against(tested.len(), parts.len()));
        reach(|p| p.support, enough_for).max(reach(|p| p.oppose, enough_against))
    }
}

/// The level at which a part must be significant to be so whatever the others are.
pub(crate) fn corrected_level(parts: &[Part]) -> f64 {
    LEVEL / parts.iter().filter(|part| part.corrected.is_some()).count().max(1) as f64
}

/// How likely at least `enough` of independent events happen.
fn at_least(probabilities: impl Iterator<Item = f64>, enough: usize) -> f64 {
    let mut counts = vec![1.0];
    for p in probabilities {
        counts.push(0.0);
        for i in (0..counts.len()).rev() {
            counts[i] = counts[i] * (1.0 - p) + if i > 0 { counts[i - 1] * p } else { 0.0 };
        }
    }
    counts.iter().skip(enough).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::need::{Effect, Need};
    use crate::claims::part::{Finding, SidedP};

    fn part(outcome: Outcome) -> Part {
        let mut part = Part::new("d", String::new(), "t", "m");
        part.outcome = outcome;
        part
    }

    #[test]
    fn verdicts_follow_the_parts() {
        use Outcome::{NoData, Opposed, Supported, Undecided};
        let partly = |tested, named| Verdict::SupportedWhereTested { tested, named };
        let undecided = Verdict::Inconclusive;
        for (outcomes, of_all, of_most, of_any) in [
            (vec![NoData, NoData], Verdict::NoData, Verdict::NoData, Verdict::NoData),
            (vec![Supported, Supported], Verdict::Reproduced, Verdict::Reproduced, Verdict::Reproduced),
            (vec![Supported, NoData], partly(1, 2), partly(1, 2), Verdict::Reproduced),
            (vec![Supported, Supported, NoData], partly(2, 3), Verdict::Reproduced, Verdict::Reproduced),
            (vec![Supported, Undecided], undecided, undecided, Verdict::Reproduced),
            (vec![Supported, Opposed], Verdict::Contradicted, Verdict::Contradicted, Verdict::Reproduced),
            (vec![Opposed, Opposed], Verdict::Contradicted, Verdict::Contradicted, Verdict::Contradicted),
            (vec![Supported, Supported, Undecided], undecided, Verdict::Reproduced, Verdict::Reproduced),
            (vec![Undecided, Undecided, Opposed], Verdict::Contradicted, undecided, undecided),
            (vec![Opposed, NoData, NoData], Verdict::Contradicted, undecided, Verdict::Contradicted),
            (
                vec![Opposed, Opposed, NoData, NoData],
                Verdict::Contradicted,
                Verdict::Contradicted,
                Verdict::Contradicted,
            ),
        ] {
            let parts: Vec<Part> = outcomes.iter().map(|&outcome| part(outcome)).collect();
            let found = [Quorum::All, Quorum::Most, Quorum::Any].map(|quorum| quorum.decide(&parts));
            assert_eq!(found, [of_all, of_most, of_any], "{outcomes:?}");
        }
        assert_eq!(Quorum::Estimate.decide(&[part(Outcome::Estimated)]), Verdict::Estimated);
    }

    #[test]
    fn the_quorum_decides_how_many_seeds_it_takes() {
        let leaning = |size: f64, as_claimed: bool| {
            let mut part = part(Outcome::Undecided);
            part.finding = Finding::of_direction(0.5, as_claimed);
            part.corrected = Some(SidedP { support: 1.0, oppose: 1.0 });
            let of = Effect::Difference { size, as_claimed };
            part.need = Some(Need { paired: true, deviation: 1.0, error: 0.1, of });
            part
        };
        let needed = |quorum: Quorum, parts: &[Part]| quorum.seeds(parts).likely;
        let towards = [leaning(1.5, true), leaning(0.5, true), leaning(0.8, true)];
        let [all, most, any] = [Quorum::All, Quorum::Most, Quorum::Any].map(|q| needed(q, &towards).unwrap());
        assert!(all > most && most > any, "{all} {most} {any}");
        // All three together take more than the weakest alone at the same level.
        let alone = Seeds::of(|n, shift| towards[1].need.unwrap().power(n, LEVEL / 3.0, shift).support).likely;
        assert!(Some(all) >= alone);
        // One that leans against the claim is enough against all of it; half of them are against most.
        let mixed = [leaning(0.1, true), leaning(1.5, false), leaning(1.5, false)];
        assert!(needed(Quorum::All, &mixed) < needed(Quorum::Most, &mixed));
        assert_eq!(needed(Quorum::Any, &[part(Outcome::Undecided)]), None);
    }

    #[test]
    fn independent_events_are_counted() {
        assert!((at_least([0.5, 0.5, 0.5].into_iter(), 2) - 0.5).abs() < 1e-12);
        assert_eq!(at_least([0.3].into_iter(), 0), 1.0);
    }
}
