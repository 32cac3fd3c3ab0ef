//! Being told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM, SIGUSR1};
use signal_hook::flag::{register, register_conditional_shutdown};

use crate::error::FigureError;

/// The exit code of programs ended by Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit code of a worker that a scheduler warned: try again later (EX_TEMPFAIL of sysexits.h).
pub(crate) const WARNED: u8 = 75;

/// Signals that ask for a checkpoint and an end.
pub(crate) struct Signals {
    /// Raised by any of them.
    pub stop: Arc<AtomicBool>,
    warned: Arc<AtomicBool>,
}

impl Signals {
    /// Ctrl-C and SIGTERM; the second one ends the process at once.
    pub fn of_a_person() -> Result<Self, FigureError> {
        let signals = Self { stop: Arc::default(), warned: Arc::default() };
        signals.impatient(SIGINT)?;
        signals.impatient(SIGTERM)?;
        Ok(signals)
    }

    /// SIGTERM and SIGUSR1 of a scheduler, which sends them as often as it likes and has SIGKILL where it is in a hurry; Ctrl-C
    /// as a person's.
    pub fn of_a_scheduler() -> Result<Self, FigureError> {
        let signals = Self { stop: Arc::default(), warned: Arc::default() };
        signals.impatient(SIGINT)?;
        for (signal, flag) in [(SIGTERM, &signals.stop), (SIGUSR1, &signals.stop), (SIGUSR1, &signals.warned)] {
            register(signal, flag.clone()).map_err(FigureError::Signals)?;
        }
        Ok(signals)
    }

    /// Whether a signal came.
    pub fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The exit code of a process that a signal ended.
    pub fn exit_code(&self) -> u8 {
        if self.warned.load(Ordering::Relaxed) { WARNED } else { INTERRUPTED }
    }

    fn impatient(&self, signal: i32) -> Result<(), FigureError> {
        // The second signal ends the process at once; the order of the two registrations is what makes it the second.
        register_conditional_shutdown(signal, INTERRUPTED.into(), self.stop.clone())
            .and_then(|_| register(signal, self.stop.clone()))
            .map(|_| ())
            .map_err(FigureError::Signals)
    }
}
