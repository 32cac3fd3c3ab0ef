//! A number of a step, or a list of them, each of which makes a condition of its own.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Visitor};

/// A number, or several of which each stands for a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Listed<T> {
    One(T),
    Each(Vec<T>),
}

/// A kind of number that files have.
pub(crate) trait Number: Copy + PartialEq + fmt::Display {
    /// What it is called where another was found.
    const EXPECTED: &'static str;
    fn of_integer(value: i64) -> Option<Self>;
    fn of_float(value: f64) -> Option<Self>;
    /// As a place along an axis.
    fn level(self) -> f64;
}

impl Number for f64 {
    const EXPECTED: &'static str = "a number, or a list of numbers of which each is a condition";
    fn of_integer(value: i64) -> Option<Self> {
        Some(value as f64)
    }
    fn of_float(value: f64) -> Option<Self> {
        Some(value)
    }
    fn level(self) -> f64 {
        self
    }
}

impl Number for usize {
    const EXPECTED: &'static str = "a whole number of 0 or more, or a list of them of which each is a condition";
    fn of_integer(value: i64) -> Option<Self> {
        value.try_into().ok()
    }
    fn of_float(_: f64) -> Option<Self> {
        None
    }
    fn level(self) -> f64 {
        self as f64
    }
}

impl<T: Number> Listed<T> {
    /// How many conditions it stands for, where it is a list.
    pub fn length(&self) -> Option<usize> {
        match self {
            Self::One(_) => None,
            Self::Each(numbers) => Some(numbers.len()),
        }
    }

    /// The number of the condition at place `at` of the list.
    pub fn at(&self, at: usize) -> T {
        match self {
            Self::One(number) => *number,
            Self::Each(numbers) => numbers[at],
        }
    }

    /// Reads one of which every number passes `check`.
    pub fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ListedVisitor { check, number: PhantomData }).map(Some)
    }
}

struct ListedVisitor<T, C> {
    check: C,
    number: PhantomData<T>,
}

/// Numbers in a list: what keeps a short file from standing for endless conditions.
const MOST: usize = 64;

impl<T: Number, C: Fn(&T) -> Result<(), String>> ListedVisitor<T, C> {
    fn checked<E: de::Error>(&self, number: Option<T>, given: &dyn fmt::Display) -> Result<T, E> {
        let number =
            number.ok_or_else(|| E::custom(format!("{given} is no number of this kind; expected {}", T::EXPECTED)))?;
        (self.check)(&number).map_err(E::custom)?;
        Ok(number)
    }
}

impl<'de, T: Number, C: Fn(&T) -> Result<(), String>> Visitor<'de> for ListedVisitor<T, C> {
    type Value = Listed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.checked(T::of_integer(value), &value).map(Listed::One)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.checked(i64::try_from(value).ok().and_then(T::of_integer), &value).map(Listed::One)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        self.checked(T::of_float(value), &value).map(Listed::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut numbers: Vec<T> = Vec::new();
        while let Some(number) = seq.next_element_seed(Item(&self))? {
            if numbers.contains(&number) {
                return Err(de::Error::custom(format!("the number {number} is listed twice")));
            }
            if numbers.len() == MOST {
                return Err(de::Error::custom(format!("the list has more than {MOST} numbers")));
            }
            numbers.push(number);
        }
        if numbers.is_empty() {
            return Err(de::Error::custom(format!("the list is empty; expected {}", T::EXPECTED)));
        }
        Ok(Listed::Each(numbers))
    }
}

/// A number inside a list.
struct Item<'a, T, C>(&'a ListedVisitor<T, C>);

impl<'de, T: Number, C: Fn(&T) -> Result<(), String>> DeserializeSeed<'de> for Item<'_, T, C> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Number, C: Fn(&T) -> Result<(), String>> Visitor<'de> for Item<'_, T, C> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.0.checked(T::of_integer(value), &value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.0.checked(i64::try_from(value).ok().and_then(T::of_integer), &value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.0.checked(T::of_float(value), &value)
    }
}
