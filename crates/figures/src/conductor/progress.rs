//! What a person sees while an experiment trains.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressStyle};
use sequence::{Events, Outcome, Plan, Record, Stage};
use tch::Device;
use training::StepEvent;

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
    /// Shares of their epochs that running stages have done, and stages done, since the program began.
    finished: usize,
    /// Stages that the store's survey found to be trained.
    to_do: usize,
    last_line: Option<Instant>,
}

struct Running {
    bar: Option<ProgressBar>,
    began: Instant,
    redrawn: Instant,
    share: f64,
    text: String,
}

/// What a stage is, for a person.
pub(crate) fn stage_name(stage: &Stage) -> String {
    let before: String = stage.step.interventions.iter().map(|intervention| format!("{intervention}, ")).collect();
    let task = if stage.position > 0 { format!(" · task {}", stage.position + 1) } else { String::new() };
    format!("{} · {before}{}{task} · seed {}", stage.step.task.dataset, stage.step.task.transform, stage.seed)
}

impl Progress {
    /// Progress of `plan`.
    pub fn new(plan: &Plan, jobs: usize, device: Device, quiet: bool) -> Self {
        let names = plan.stages.iter().map(stage_name).collect();
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

    /// How long the rest may take, from how long the part done took.
    fn eta(&self, state: &State) -> String {
        let done = state.finished as f64 + state.running.values().map(|r| r.share).sum::<f64>();
        let left = state.to_do as f64 - done;
        if done < 0.1 || left <= 0.0 {
            return "estimating".into();
        }
        let left = self.began.elapsed().mul_f64(left / done);
        format!("about {} left at most", HumanDuration(Duration::from_secs(left.as_secs())))
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
            0 => format!("{title}: all {done} stages are done."),
            _ => format!("{title}: {to_train} stages to train, {done} done; {}.", self.how),
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
        let running = Running { bar, began: now, redrawn: now, share: 0.0, text: String::new() };
        self.lock().running.insert(stage, running);
    }

    fn step(&self, stage: usize, event: &StepEvent<'_>) {
        let mut state = self.lock();
        let Some(running) = state.running.get_mut(&stage) else { return };
        if running.redrawn.elapsed() < REDRAW {
            return;
        }
        running.redrawn = Instant::now();
        let epochs = self.most_epochs[stage];
        let inside = event.step as f64 / event.steps as f64;
        running.share = ((event.epoch - 1) as f64 + inside) / epochs as f64;
        let speed = event.images as f64 / running.began.elapsed().as_secs_f64();
        let losses = event.last.map_or(String::new(), |last| {
            format!(" · train {:.3}, validation {:.3}", last.train_loss, last.validation_loss)
        });
        running.text = format!("{} · epoch {}/{epochs}{losses} · {speed:.0} images/s", self.names[stage], event.epoch);
        if let Some(bar) = &running.bar {
            bar.set_message(running.text.clone());
        }
        let eta = self.eta(&state);
        match &self.bars {
            Some((_, bar)) => bar.set_message(eta),
            None if !self.quiet && state.last_line.unwrap_or(self.began).elapsed() >= LINE => {
                state.last_line = Some(Instant::now());
                for running in state.running.values() {
                    terminal::err(format!("  {}", running.text));
                }
                terminal::err(format!("{} of {} stages, {eta}", state.finished, state.to_do));
            }
            None => {}
        }
    }

    fn finished(&self, stage: usize, record: &Record) {
        self.remove(stage);
        {
            let mut state = self.lock();
            state.finished += 1;
            if let Some((_, bar)) = &self.bars {
                bar.set_position(state.finished as u64);
                bar.set_message(self.eta(&state));
            }
        }
        let result = match &record.outcome {
            Outcome::Finished(s) => format!(
                "test loss {:.4}, accuracy {:.1} % (best of {} epochs: {})",
                s.test.loss,
                100.0 * s.test.accuracy,
                s.epochs,
                s.best_epoch
            ),
            Outcome::Diverged { epoch } => format!("diverged in epoch {epoch}"),
        };
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
