//! When a stage's network is looked at.

use std::fmt;
use std::str::FromStr;

/// When a stage's network is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// As the task before left it, or as it was initialised.
    Received,
    /// After the interventions, before the first step.
    Start,
    /// After this epoch, from 1.
    Epoch(usize),
    /// With the weights that are tested and handed on.
    End,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received => f.write_str("received"),
            Self::Start => f.write_str("start"),
            Self::Epoch(epoch) => write!(f, "{epoch}"),
            Self::End => f.write_str("end"),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "received" => Ok(Self::Received),
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            epoch => epoch
                .parse()
                .map(Self::Epoch)
                .map_err(|_| format!("`{text}` is no moment; allowed: received, start, an epoch's number, end")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_and_are_in_order() {
        let moments = [Moment::Received, Moment::Start, Moment::Epoch(2), Moment::Epoch(12), Moment::End];
        for moment in moments {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert!(moments.is_sorted());
        assert!("later".parse::<Moment>().unwrap_err().contains("received"));
    }
}
