//! The seeds of the choice of images.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// Seeds of the choice of images: written as one number, or as a list of different ones, by which results are shown not to hang on
/// one split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitSeeds(Vec<u64>);

impl SplitSeeds {
    const EXPECTED: &'static str = "a whole number of 0 or more, or a list of different ones such as [0, 1, 2]";
    const MOST: usize = 10_000;

    /// The same seed for every run.
    pub fn one(seed: u64) -> Self {
        Self(vec![seed])
    }

    /// The seed of the images of the run with `seed`: that at place `seed` modulo the number of them, whichever other runs there
    /// are.
    pub fn of(&self, seed: u64) -> u64 {
        self.0[(seed % self.0.len() as u64) as usize]
    }
}

impl Serialize for SplitSeeds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0[..] {
            [only] => only.serialize(serializer),
            _ => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SplitSeeds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SplitSeedsVisitor)
    }
}

struct SplitSeedsVisitor;

impl<'de> Visitor<'de> for SplitSeedsVisitor {
    type Value = SplitSeeds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SplitSeeds::EXPECTED)
    }

    fn visit_u64<E: de::Error>(self, seed: u64) -> Result<SplitSeeds, E> {
        Ok(SplitSeeds::one(seed))
    }

    fn visit_i64<E: de::Error>(self, seed: i64) -> Result<SplitSeeds, E> {
        let allowed = || E::custom(format!("{seed} is out of range; allowed: {}", SplitSeeds::EXPECTED));
        u64::try_from(seed).map(SplitSeeds::one).map_err(|_| allowed())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SplitSeeds, A::Error> {
        let mut seeds = Vec::new();
        while let Some(seed) = seq.next_element::<u64>()? {
            if seeds.contains(&seed) || seeds.len() == SplitSeeds::MOST {
                return Err(de::Error::custom(format!(
                    "seed {seed} is one too many; allowed: {}",
                    SplitSeeds::EXPECTED
                )));
            }
            seeds.push(seed);
        }
        if seeds.is_empty() {
            return Err(de::Error::custom(format!("`split_seed` lists none; allowed: {}", SplitSeeds::EXPECTED)));
        }
        Ok(SplitSeeds(seeds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_has_the_same_images_whichever_others_there_are() {
        let read = |text: &str| serde_json::from_str::<SplitSeeds>(text);
        let three = read("[5, 6, 9]").unwrap();
        assert_eq!([0, 1, 2, 3, 11].map(|seed| three.of(seed)), [5, 6, 9, 5, 9]);
        assert_eq!(read("7").unwrap().of(3), 7);
        for text in ["7", "[5,6,9]"] {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
        for bad in ["[]", "[1,1]", "-1", "\"x\"", "[-1]"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
