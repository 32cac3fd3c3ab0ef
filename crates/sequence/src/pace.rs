//! When a checkpoint is due.

use std::time::{Duration, Instant};

/// Where keeping checkpoints takes more than one part in this many of a stage's time, they become fewer.
const COST: u32 = 100;
/// The time between two is stretched to at most this many times what was asked for.
const STRETCH: u32 = 5;

/// Checkpoints every so often, and more rarely where keeping one takes long: those of wide networks are a hundred megabytes and more.
pub(crate) struct Pace {
    every: Duration,
    last: Instant,
    due: Instant,
    took: Duration,
}

impl Pace {
    /// A checkpoint `every` so often from now.
    pub fn new(every: Duration) -> Self {
        let now = Instant::now();
        Self { every, last: now, due: now, took: Duration::ZERO }
    }

    /// Whether one is due.
    pub fn is_due(&mut self) -> bool {
        self.due = Instant::now();
        self.due - self.last >= interval(self.every, self.took)
    }

    /// It was kept; making it began when [`Pace::is_due`] was asked last.
    pub fn kept(&mut self) {
        self.last = Instant::now();
        self.took = self.last - self.due;
    }
}

/// The time to leave after a checkpoint that took so long.
fn interval(every: Duration, took: Duration) -> Duration {
    every.max(took.saturating_mul(COST).min(every.saturating_mul(STRETCH)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_takes_long_is_done_more_rarely_within_bounds() {
        assert_eq!(interval(seconds(20), Duration::from_millis(100)), seconds(20));
        assert_eq!(interval(seconds(20), Duration::from_millis(400)), seconds(40));
        assert_eq!(interval(seconds(20), seconds(3)), seconds(100));
        assert_eq!(interval(Duration::ZERO, seconds(3)), Duration::ZERO);
        assert_eq!(interval(Duration::MAX, seconds(3)), Duration::MAX);
    }

    #[test]
    fn one_is_due_at_once_where_asked_for_always_and_not_where_never() {
        let mut always = Pace::new(Duration::ZERO);
        assert!(always.is_due());
        always.kept();
        assert!(always.is_due());
        assert!(!Pace::new(Duration::MAX).is_due());
    }
}
