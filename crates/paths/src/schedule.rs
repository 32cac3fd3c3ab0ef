//! How a learning rate changes from epoch to epoch.

use std::f64::consts::PI;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identified::identified;
use crate::values;

/// How the learning rate of a task changes from epoch to epoch, as multiples of the task's own rate. A schedule begins anew with every
/// task: of a second task that is a *warm restart* (Loshchilov & Hutter, 2017).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// It does not: the paper's.
    #[default]
    Constant,
    /// It falls by a factor after every so many epochs.
    Step(StepDecay),
    /// It falls along half a cosine.
    Cosine(Cosine),
    /// It rises in the first epochs, and is constant then.
    WarmUp(WarmUp),
}

identified! {
    /// The rate is multiplied by `factor` after every `every` epochs (`torch.optim.lr_scheduler.StepLR`).
    #[derive(Copy)]
    pub struct StepDecay {
        /// Epochs between two steps.
        #[serde(deserialize_with = "values::count")]
        every: usize = 10;
        /// What each step multiplies the rate by.
        #[serde(deserialize_with = "values::factor")]
        factor: f64 = 0.1;
    }
}

identified! {
    /// The rate falls along half a cosine to `floor` times itself, and starts again at the top where the period is over
    /// (`torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`, which without a restart is `CosineAnnealingLR`).
    #[derive(Copy)]
    pub struct Cosine {
        /// Epochs of a period; the most epochs that the task may take, where nothing is said.
        #[serde(deserialize_with = "values::some_count")]
        epochs: Option<usize> = None;
        /// What the rate falls to, as a share of the task's.
        #[serde(deserialize_with = "values::part")]
        floor: f64 = 0.0;
    }
}

identified! {
    /// The rate rises in a straight line from `from` times itself in the first epoch to its own after `epochs` of them
    /// (`torch.optim.lr_scheduler.LinearLR`).
    #[derive(Copy)]
    pub struct WarmUp {
        /// Epochs until the rate is reached.
        #[serde(deserialize_with = "values::count")]
        epochs: usize = 5;
        /// The first epoch's share of it.
        #[serde(deserialize_with = "values::share")]
        from: f64 = 0.1;
    }
}

impl Schedule {
    /// What the task's rate is multiplied by in `epoch`, from 0, of a task that may take `most` of them.
    pub fn factor(&self, epoch: usize, most: usize) -> f64 {
        match *self {
            Self::Constant => 1.0,
            Self::Step(StepDecay { every, factor }) => factor.powi(i32::try_from(epoch / every).unwrap_or(i32::MAX)),
            Self::Cosine(Cosine { epochs, floor }) => {
                let period = epochs.unwrap_or(most).max(1);
                let passed = (epoch % period) as f64 / period as f64;
                floor + (1.0 - floor) * (1.0 + (PI * passed).cos()) / 2.0
            }
            Self::WarmUp(WarmUp { epochs, from }) => from + (1.0 - from) * (epoch.min(epochs) as f64 / epochs as f64),
        }
    }
}

/// Such as "cosine"; "constant" for none.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant => f.write_str("constant"),
            Self::Step(StepDecay { every, factor }) => write!(f, "times {factor} every {every} epochs"),
            Self::Cosine(Cosine { epochs, floor }) => {
                f.write_str("cosine")?;
                if let Some(epochs) = epochs {
                    write!(f, " over {epochs} epochs")?;
                }
                if *floor > 0.0 { write!(f, " to {floor}") } else { Ok(()) }
            }
            Self::WarmUp(WarmUp { epochs, from }) => write!(f, "warm-up from {from} over {epochs} epochs"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Schedule, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn schedules_are_read_and_what_is_standard_may_be_left_out() {
        assert_eq!(read("\"constant\"").unwrap(), Schedule::Constant);
        assert_eq!(read(r#"{"cosine":{}}"#).unwrap(), Schedule::Cosine(Cosine::default()));
        let step = StepDecay { every: 3, factor: 0.5 };
        assert_eq!(read(r#"{"step":{"every":3,"factor":0.5}}"#).unwrap(), Schedule::Step(step));
        for bad in
            [r#"{"cosine":{"floor":2}}"#, r#"{"step":{"every":0}}"#, r#"{"linear":{}}"#, r#"{"warm_up":{"by":1}}"#]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cosine_begins_anew_where_its_period_ends() {
        let cosine = Schedule::Cosine(Cosine { epochs: Some(4), floor: 0.0 });
        let rates: Vec<f64> = (0..5).map(|epoch| cosine.factor(epoch, 100)).collect();
        assert_eq!((rates[0], rates[4]), (1.0, 1.0));
        assert!((rates[2] - 0.5).abs() < 1e-15 && rates.windows(2).take(3).all(|pair| pair[0] > pair[1]));
    }

    proptest! {
        #[test]
        fn factors_are_between_nothing_and_one(
            epoch in 0usize..500, most in 1usize..300, every in 1usize..40, share in 0.001..1.0f64,
        ) {
            for schedule in [
                Schedule::Constant,
                Schedule::Step(StepDecay { every, factor: share }),
                Schedule::Cosine(Cosine { epochs: None, floor: share }),
                Schedule::Cosine(Cosine { epochs: Some(every), floor: 0.0 }),
                Schedule::WarmUp(WarmUp { epochs: every, from: share }),
            ] {
                let factor = schedule.factor(epoch, most);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&factor), "{schedule:?} {factor}");
                let again = serde_json::from_str::<Schedule>(&serde_json::to_string(&schedule).unwrap()).unwrap();
                prop_assert_eq!(again, schedule);
            }
        }
    }
}
