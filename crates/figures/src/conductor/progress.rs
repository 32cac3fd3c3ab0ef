//! What a person sees while an experiment trains.

use counted::counted;
use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressStyle};
use sequence::{Events, Outcome, Plan, Record};
use tch::Device;
use training::StepEvent;

use crate::conductor::stage_name::stage_name;

/// Least time between two redrawings of a stage's line, and between two lines where there is no terminal.
const REDRAW: Duration = Duration::from_millis(200);
const LINE: Duration = Duration::from_secs(30);

/// Progress on standard error: bars on a terminal, plain lines elsewhere, nothing when quiet.
pub(crate) struct Progress {
    title: String,
    /// How many trainings go on at once, and where.
    how: String,
    names: Vec<String>,
    /// Epochs that each stage has at most.
    most_epochs: Vec<usize>,
    quiet: bool,
    bars: Option<(MultiProgress, ProgressBar)>,
    state: Mutex<State>,
    began: Instant,
}

#[derive(Default)]
struct State {
    running: HashMap<usize, Running>,
    /// Stages done since the program began.
    finished: usize,
    /// Stages that the store's survey found to be trained.
    to_do: usize,
    pace: Pace,
    last_line: Option<Instant>,
}

struct Running {
    bar: Option<ProgressBar>,
    began: Instant,
    redrawn: Instant,
    /// The share of its epochs that is done, and the one that was done when it began: what a checkpoint had of it.
    share: f64,
    share_before: Option<f64>,
    text: String,
}

/// What trainings here have done since the first step of the first one: what a time is predicted from. What other processes
/// did, what checkpoints held and how long images took to be fetched and prepared says nothing about it.
#[derive(Default)]
struct Pace {
    first_step: Option<Instant>,
    /// Stages that were trained here, as far as they were.
    trained: f64,
}

impl Pace {
    /// Seconds that `left` stages may take, from what was trained in `elapsed`; `None` where that is too little to tell.
    fn seconds_left(left: f64, trained: f64, elapsed: Duration) -> Option<u64> {
        (trained >= 0.1 && left > 0.0).then(|| elapsed.mul_f64(left / trained).as_secs())
    }
}

/// What a stage came to, for a person.
pub(crate) fn result(record: &Record) -> String {
    match &record.outcome {
        Outcome::Finished(s) => format!(
            "test loss {:.4}, accuracy {:.1} % (best of {}: {})",
            s.test.loss,
            100.0 * s.test.accuracy,
            counted(s.epochs, "epoch"),
            s.best_epoch
        ),
        Outcome::Diverged { epoch } => format!("diverged in epoch {epoch}"),
    }
}

/// Says that none of an experiment's stages is left to train.
pub(crate) fn all_done(title: &str, stages: usize) -> String {
    let all = if stages == 1 { "the only stage is".to_owned() } else { format!("all {stages} stages are") };
    format!("{title}: {all} done.")
}

impl Progress {
    /// Progress of `plan`.
    pub fn new(plan: &Plan, jobs: usize, device: Device, quiet: bool) -> Self {
        let names = (0..plan.stages.len()).map(|index| stage_name(plan, index)).collect();
        let bars = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bars = MultiProgress::new();
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} stages · {elapsed} · {msg}")
                .expect("a valid template");
            let bar = bars.add(ProgressBar::new(plan.stages.len() as u64).with_style(style));
            bar.enable_steady_tick(Duration::from_millis(500));
            (bars, bar)
        });
        let device = match device {
            Device::Cuda(index) => format!("cuda:{index}"),
            _ => "the CPU".into(),
        };
        Self {
            title: plan.name.clone(),
            how: if jobs == 1 {
                format!("one at a time on {device}")
            } else {
                format!("{jobs} side by side on {device}")
            },
            names,
            most_epochs: plan.stages.iter().map(|s| s.step.process.max_epochs).collect(),
            quiet,
            bars,
            state: Mutex::default(),
            began: Instant::now(),
        }
    }

    /// Prints a line above the bars.
    pub fn say(&self, text: &str) {
        match &self.bars {
            _ if self.quiet => {}
            Some((bars, _)) => drop(bars.println(text)),
            None => terminal::err(text),
        }
    }

    /// Removes the bars.
    pub fn finish(&self) {
        if let Some((bars, bar)) = &self.bars {
            bar.finish_and_clear();
            let _ = bars.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the rest may take, from how long training took so far.
    fn eta(state: &State) -> String {
        let running = |share: fn(&Running) -> f64| state.running.values().map(share).sum::<f64>();
        let left = state.to_do as f64 - state.finished as f64 - running(|r| r.share);
        let trained = state.pace.trained + running(|r| r.share - r.share_before.unwrap_or(r.share));
        let elapsed = state.pace.first_step.map_or(Duration::ZERO, |first| first.elapsed());
        match Pace::seconds_left(left, trained, elapsed) {
            Some(seconds) => format!("about {} left at most", HumanDuration(Duration::from_secs(seconds))),
            None => "estimating".into(),
        }
    }

    /// How many stages are done and how long the rest may take, in a sentence.
    pub fn standing(&self) -> String {
        let state = self.lock();
        format!("{} of {} done, {}.", state.finished, counted(state.to_do, "stage"), Self::eta(&state))
    }

    fn remove(&self, stage: usize) -> Option<Running> {
        let running = self.lock().running.remove(&stage)?;
        if let Some(bar) = &running.bar {
            bar.finish_and_clear();
        }
        Some(running)
    }
}

impl Events for Progress {
    fn surveyed(&self, to_train: usize) {
        self.lock().to_do = to_train;
        if let Some((_, bar)) = &self.bars {
            bar.set_length(to_train as u64);
        }
        let (title, done) = (&self.title, self.names.len() - to_train);
        self.say(&match to_train {
            0 => all_done(title, done),
            _ => format!("{title}: {} to train, {done} done; {}.", counted(to_train, "stage"), self.how),
        });
    }

    fn started(&self, stage: usize) {
        let bar = self.bars.as_ref().map(|(bars, _)| {
            let style = ProgressStyle::with_template("  {msg}").expect("a valid template");
            let bar = bars.add(ProgressBar::new_spinner().with_style(style));
            bar.set_message(format!("{} · preparing images", self.names[stage]));
            bar
        });
        let now = Instant::now();
        let running = Running { bar, began: now, redrawn: now, share: 0.0, share_before: None, text: String::new() };
        self.lock().running.insert(stage, running);
    }

    fn step(&self, stage: usize, event: &StepEvent<'_>) {
        let mut state = self.lock();
        state.pace.first_step.get_or_insert_with(Instant::now);
        let Some(running) = state.running.get_mut(&stage) else { return };
        let epochs = self.most_epochs[stage];
        running.share = ((event.epoch - 1) as f64 + event.step as f64 / event.steps as f64) / epochs as f64;
        running.share_before.get_or_insert(running.share);
        if running.redrawn.elapsed() < REDRAW {
            return;
        }
        running.redrawn = Instant::now();
        let speed = event.images as f64 / running.began.elapsed().as_secs_f64();
        let losses = event.last.map_or(String::new(), |last| {
            format!(" · train {:.3}, validation {:.3}", last.train_loss, last.validation_loss)
        });
        running.text = format!("{} · epoch {}/{epochs}{losses} · {speed:.0} images/s", self.names[stage], event.epoch);
        if let Some(bar) = &running.bar {
            bar.set_message(running.text.clone());
        }
        let eta = Self::eta(&state);
        match &self.bars {
            Some((_, bar)) => bar.set_message(eta),
            None if !self.quiet && state.last_line.unwrap_or(self.began).elapsed() >= LINE => {
                state.last_line = Some(Instant::now());
                for running in state.running.values() {
                    terminal::err(format!("  {}", running.text));
                }
                terminal::err(format!("{} of {}, {eta}", state.finished, counted(state.to_do, "stage")));
            }
            None => {}
        }
    }

    fn finished(&self, stage: usize, record: &Record) {
        let trained = self.remove(stage);
        {
            let mut state = self.lock();
            state.finished += 1;
            // One that another process finished was never begun here.
            if let Some(before) = trained.and_then(|running| running.share_before) {
                state.pace.trained += 1.0 - before;
            }
            if let Some((_, bar)) = &self.bars {
                bar.set_position(state.finished as u64);
                bar.set_message(Self::eta(&state));
            }
        }
        let result = result(record);
        self.say(&format!("  {} · {result}", self.names[stage]));
    }

    fn ended(&self, stage: usize, reason: Option<&str>) {
        self.remove(stage);
        if let Some(reason) = reason {
            self.say(&format!("  {} · failed: {reason}", self.names[stage]));
        }
    }

    fn notice(&self, text: &str) {
        self.say(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(share: f64, share_before: Option<f64>) -> Running {
        let now = Instant::now();
        Running { bar: None, began: now, redrawn: now, share, share_before, text: String::new() }
    }

    #[test]
    fn no_time_is_predicted_before_there_are_steps_to_predict_from() {
        let mut state = State { to_do: 4, ..State::default() };
        assert_eq!(Progress::eta(&state), "estimating");
        // Stages that other processes finished, and one that a checkpoint had most of.
        state.finished = 2;
        assert_eq!(Progress::eta(&state), "estimating");
        state.pace.first_step = Instant::now().checked_sub(Duration::from_secs(60));
        state.running.insert(0, running(0.9, Some(0.9)));
        assert_eq!(Progress::eta(&state), "estimating");
        state.running.insert(0, running(0.5, Some(0.0)));
        assert!(Progress::eta(&state).starts_with("about 3 minutes left"), "{}", Progress::eta(&state));
    }

    #[test]
    fn times_are_in_proportion_to_what_was_trained() {
        let minute = Duration::from_secs(60);
        assert_eq!(Pace::seconds_left(3.0, 0.5, minute), Some(360));
        assert_eq!(Pace::seconds_left(3.0, 0.05, minute), None);
        assert_eq!(Pace::seconds_left(0.0, 2.0, minute), None);
    }

    #[test]
    fn one_stage_is_not_all_stages() {
        assert_eq!([1, 2].map(|n| all_done("T", n)), ["T: the only stage is done.", "T: all 2 stages are done."]);
    }
}
