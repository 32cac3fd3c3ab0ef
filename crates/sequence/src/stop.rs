//! The two reasons to end all stages of a call early.

use std::sync::atomic::{AtomicBool, Ordering};

/// The user's wish, raised from outside (by Ctrl-C), and a fault that would meet every stage. Stages look at both themselves after
/// each step, so that a stop never waits for another thread to hand it on.
pub(crate) struct Stop<'a> {
    wish: &'a AtomicBool,
    fault: AtomicBool,
}

impl<'a> Stop<'a> {
    pub fn new(wish: &'a AtomicBool) -> Self {
        Self { wish, fault: AtomicBool::new(false) }
    }

    pub fn wished(&self) -> bool {
        self.wish.load(Ordering::Relaxed)
    }

    pub fn fault(&self) {
        self.fault.store(true, Ordering::Relaxed);
    }

    pub fn raised(&self) -> bool {
        self.wished() || self.fault.load(Ordering::Relaxed)
    }
}
