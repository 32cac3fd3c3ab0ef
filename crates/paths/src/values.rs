//! Deserialisers that refuse impossible values where they stand, so that an error points at line and key.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::listed::Listed;

/// Defines deserialisers that accept the values for which `$ok` holds: of a `value`, of `some` value of an optional field, or of a value
/// or a list of them, where it may be `listed`.
macro_rules! bounded {
    ($type:ty, $ok:expr, $allowed:literal; $($kind:ident $name:ident),+) => {
        $( bounded!(@$kind $name, $type, $ok, $allowed); )+
    };
    (@value $name:ident, $type:ty, $ok:expr, $allowed:literal) => {
        pub(crate) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
            let value = <$type>::deserialize(deserializer)?;
            check(&value, $ok, $allowed).map_err(de::Error::custom)?;
            Ok(value)
        }
    };
    (@some $name:ident, $type:ty, $ok:expr, $allowed:literal) => {
        pub(crate) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<$type>, D::Error> {
            let value = <$type>::deserialize(deserializer)?;
            check(&value, $ok, $allowed).map_err(de::Error::custom)?;
            Ok(Some(value))
        }
    };
    (@listed $name:ident, $type:ty, $ok:expr, $allowed:literal) => {
        pub(crate) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Listed<$type>>, D::Error> {
            Listed::<$type>::read(deserializer, |value| check(value, $ok, $allowed))
        }
    };
}

fn check<T: fmt::Display>(value: &T, ok: fn(&T) -> bool, allowed: &str) -> Result<(), String> {
    if ok(value) { Ok(()) } else { Err(format!("{value} is out of range; allowed: {allowed}")) }
}

bounded!(f64, |v| *v > 0.0 && *v <= 1.0, "a number above 0 and at most 1 (1 is sharp)"; value blur, listed listed_blur);
bounded!(f64, |v| (0.0..=1.0).contains(v), "a number from 0 (uniform grey) to 1 (standard)"; value contrast, listed listed_contrast);
bounded!(f64, |v| (0.0..=1.0).contains(v), "a fraction of the image size from 0 (centred) to 1"; value shift, listed listed_shift);
bounded!(f64, |v| (0.0..=1.0).contains(v), "a share from 0 (none) to 1 (all)"; value part, listed listed_part);
bounded!(f64, |v| *v > 0.0 && *v <= 1.0, "a share above 0 and at most 1 (all)"; value share, listed listed_share);
bounded!(usize, |v| *v <= 1_000_000_000, "the number of a permutation, from 1, or 0 for none"; value permutation, listed listed_permutation);
bounded!(f64, |v| (0.0..=1e30).contains(v), "a learning rate of 0 or more, at most 1e30"; some some_lr, listed listed_lr);
bounded!(f64, |v| *v > 0.0 && *v <= 1e6, "a number above 0, at most 1e6"; value factor, listed listed_factor);
bounded!(usize, |v| (2..=1_000_000_000).contains(v), "a whole number of 2 or more"; some some_batch_size, listed listed_batch_size);
bounded!(f64, |v| (0.0..1.0).contains(v), "a number from 0 to below 1"; some some_momentum, listed listed_momentum);
bounded!(f64, |v| *v >= 0.0 && v.is_finite(), "a number of 0 or more"; value weight_decay, some some_weight_decay, listed listed_weight_decay);
bounded!(f64, |v| v.abs() <= 1e30, "a number from -1e30 to 1e30"; value amount, listed listed_amount);
bounded!(f64, |v| *v > 0.0 && *v < 1.0, "a fraction above 0 and below 1"; value fraction, some some_fraction);
bounded!(usize, |v| (1..=1_000_000_000).contains(v), "a whole number of 1 or more"; value count, some some_count, listed listed_count);
bounded!(usize, |v| *v <= 1_000_000_000, "a whole number of 0 or more"; value patience, some some_patience, listed listed_patience);
bounded!(usize, |v| (1..=1024).contains(v), "a whole number from 1 to 1024"; some some_width);
bounded!(usize, |v| (1..=1024).contains(v), "a whole number from 1 to 1024"; some some_threads);

/// Text that figures and tables show: nothing in it but what a line of text can show.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let shown = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{2028}' | '\u{2029}');
    match text.chars().find(|&c| !shown(c)) {
        None => Ok(text),
        Some(c) => Err(de::Error::custom(format!(
            "the character U+{:04X} cannot be shown in a figure; allowed: letters, digits, signs and spaces, in one line",
            u32::from(c)
        ))),
    }
}

/// Such text, of a key that may be left out.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(Some)
}

/// Names in a list, none of them twice.
pub(crate) fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((_, name)) => Err(de::Error::custom(format!("`{name}` is named twice"))),
        None => Ok(names),
    }
}

/// Numbers of tasks: written as one, or as a list of different ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskCounts(pub Vec<usize>);

impl<'de> Deserialize<'de> for TaskCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TaskCountsVisitor)
    }
}

struct TaskCountsVisitor;

impl TaskCountsVisitor {
    /// Numbers in a list: with the most tasks of each, what keeps a short file from standing for endless paths.
    const MOST: usize = 32;

    fn one<E: de::Error>(number: i64) -> Result<usize, E> {
        let allowed = usize::try_from(number).ok().filter(|n| (1..=1000).contains(n));
        allowed.ok_or_else(|| E::custom(format!("{number} is out of range; allowed: a whole number from 1 to 1000")))
    }
}

impl<'de> Visitor<'de> for TaskCountsVisitor {
    type Value = TaskCounts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of tasks, or a list such as [2, 3, 5]")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<TaskCounts, E> {
        Self::one(number).map(|number| TaskCounts(vec![number]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<TaskCounts, A::Error> {
        let mut counts = Vec::new();
        while let Some(number) = seq.next_element::<i64>()? {
            let number = Self::one(number)?;
            if counts.contains(&number) {
                return Err(de::Error::custom(format!("the number {number} is listed twice in `tasks`")));
            }
            if counts.len() == Self::MOST {
                return Err(de::Error::custom(format!("`tasks` lists more than {} numbers", Self::MOST)));
            }
            counts.push(number);
        }
        if counts.is_empty() {
            return Err(de::Error::custom("`tasks` lists no number; allowed: whole numbers from 1 to 1000"));
        }
        Ok(TaskCounts(counts))
    }
}

/// The seeds of an experiment: written as a number n (for 0 … n−1), a list, or a range such as "3..6" (3, 4 and 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedList(pub Vec<u64>);

impl SeedList {
    const EXPECTED: &'static str =
        "a number of seeds, at most 10000, a list such as [0, 3], or a range such as \"3..6\"";
    const MOST: u64 = 10_000;

    /// The seeds 0 … n−1.
    pub fn first(n: u64) -> Self {
        Self((0..n).collect())
    }

    /// Reads `"5"`, `"0,3,4"` or `"3..6"`.
    ///
    /// # Errors
    /// Says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = || {
            format!(
                "`{text}` names no seeds; allowed: a number of seeds, at most {}, a list such as 0,3 or a range such as 3..6 (seed 3 alone is 3..4)",
                Self::MOST
            )
        };
        let number = |s: &str| s.trim().parse::<u64>().map_err(|_| refuse());
        if let Some((from, to)) = text.split_once("..") {
            Self::checked(number(from)?, number(to)?).ok_or_else(refuse)
        } else if text.contains(',') {
            let seeds = text.trim_matches(['[', ']']).split(',').map(number).collect::<Result<_, _>>()?;
            Self::distinct(seeds).ok_or_else(refuse)
        } else {
            Self::checked(0, number(text)?).ok_or_else(refuse)
        }
    }

    fn checked(from: u64, to: u64) -> Option<Self> {
        (from < to && to - from <= Self::MOST).then(|| Self((from..to).collect()))
    }

    fn distinct(seeds: Vec<u64>) -> Option<Self> {
        let mut sorted = seeds.clone();
        sorted.sort_unstable();
        sorted.dedup();
        (!seeds.is_empty() && sorted.len() == seeds.len()).then_some(Self(seeds))
    }
}

impl Serialize for SeedList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SeedList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeedVisitor)
    }
}

struct SeedVisitor;

impl<'de> Visitor<'de> for SeedVisitor {
    type Value = SeedList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SeedList::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<SeedList, E> {
        SeedList::checked(0, n).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(n), &self))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<SeedList, E> {
        u64::try_from(n)
            .ok()
            .and_then(|n| SeedList::checked(0, n))
            .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(n), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SeedList, E> {
        SeedList::parse(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SeedList, A::Error> {
        let mut seeds = Vec::new();
        while let Some(seed) = seq.next_element::<u64>()? {
            seeds.push(seed);
        }
        SeedList::distinct(seeds).ok_or_else(|| de::Error::custom("`seeds` needs at least one seed, each named once"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_in_their_three_forms() {
        assert_eq!(SeedList::parse("3").unwrap().0, [0, 1, 2]);
        assert_eq!(SeedList::parse("0,4,2").unwrap().0, [0, 4, 2]);
        assert_eq!(SeedList::parse("3..6").unwrap().0, [3, 4, 5]);
        for bad in ["0", "", "a", "3..3", "1,1", "-1", "0..999999999999"] {
            assert!(SeedList::parse(bad).is_err(), "{bad}");
        }
    }
}
