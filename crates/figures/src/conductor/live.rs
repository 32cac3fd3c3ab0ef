//! A page that shows how far an experiment is, rewritten every few seconds while it trains.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use counted::counted;
use reports::escape;
use sequence::{Events, Plan, Record};
use training::{EpochLog, StepEvent};

use crate::conductor::progress::{Progress, result};
use crate::conductor::stage_name::stage_name;

/// Least time between two writings, which is also how often a browser looks for the next.
const EVERY: Duration = Duration::from_secs(5);
/// Width and height of a stage's curves, in pixels.
const SIZE: (f64, f64) = (220.0, 44.0);

/// Writes the page as events come.
pub(crate) struct Live<'a> {
    path: PathBuf,
    title: String,
    names: Vec<String>,
    most_epochs: Vec<usize>,
    progress: &'a Progress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The stages that were begun here, in the order of the plan.
    stages: BTreeMap<usize, Watched>,
    written: Option<Instant>,
    /// Why the page could not be written: said once.
    refused: Option<String>,
}

#[derive(Default)]
struct Watched {
    epochs: Vec<EpochLog>,
    epoch: usize,
    /// What became of it; `None` while it is trained.
    end: Option<String>,
}

impl<'a> Live<'a> {
    /// A page at `path` of the training of `plan`, whose time left `progress` knows.
    pub fn new(path: &Path, plan: &Plan, progress: &'a Progress) -> Self {
        Self {
            path: path.to_owned(),
            title: plan.name.clone(),
            names: (0..plan.stages.len()).map(|index| stage_name(plan, index)).collect(),
            most_epochs: plan.stages.iter().map(|stage| stage.step.process.max_epochs).collect(),
            progress,
            state: Mutex::default(),
        }
    }

    /// Writes the page a last time, without asking browsers to look again.
    pub fn finish(&self, heading: &str) {
        let mut state = self.lock();
        if !state.stages.is_empty() {
            self.write(&mut state, heading, false);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_if_due(&self, state: &mut State) {
        if state.written.is_none_or(|written| written.elapsed() >= EVERY) {
            let standing = self.progress.standing();
            self.write(state, &standing, true);
        }
    }

    /// A page that cannot be written is no reason to train less.
    fn write(&self, state: &mut State, heading: &str, goes_on: bool) {
        state.written = Some(Instant::now());
        let page = self.page(state, heading, goes_on);
        if let Err(error) = whole_file::replace(&self.path, page.as_bytes())
            && state.refused.is_none()
        {
            let text = format!("{} cannot be written: {error}; training goes on without it", self.path.display());
            self.progress.say(&text);
            state.refused = Some(text);
        }
    }

    fn page(&self, state: &State, heading: &str, goes_on: bool) -> String {
        let title = escape(&self.title);
        let refresh = if goes_on {
            format!("<meta http-equiv=\"refresh\" content=\"{}\">\n", EVERY.as_secs())
        } else {
            String::new()
        };
        let mut rows = String::new();
        // What is trained now comes first, then what ended last.
        let (running, ended): (Vec<_>, Vec<_>) = state.stages.iter().partition(|(_, stage)| stage.end.is_none());
        for (&index, stage) in running.into_iter().chain(ended.into_iter().rev()) {
            let now = match (&stage.end, stage.epochs.last()) {
                (Some(end), _) => escape(end),
                (None, Some(last)) => format!(
                    "epoch {} of at most {}; training {:.3}, validation {:.3}",
                    stage.epoch, self.most_epochs[index], last.train_loss, last.validation_loss
                ),
                (None, None) => format!("epoch {} of at most {}", stage.epoch.max(1), self.most_epochs[index]),
            };
            let _ = writeln!(
                rows,
                "<tr><td>{}</td><td>{}</td><td>{now}</td></tr>",
                escape(&self.names[index]),
                curves(&stage.epochs)
            );
        }
        let seconds =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()) % 86_400;
        let clock = format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60);
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n{refresh}\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n<table>\n\
             <thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Loss over epochs: <span class=\"train\">training</span>, \
             <span class=\"validation\">validation</span></th><th scope=\"col\">Now</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
             </table>\n<p class=\"small\">Written at {clock}.</p>\n</body>\n</html>\n",
            escape(heading)
        )
    }
}

/// The losses so far as two lines on one scale from the lowest to the highest, with both numbers beside it.
fn curves(epochs: &[EpochLog]) -> String {
    if epochs.len() < 2 {
        return String::new();
    }
    let lines: [Vec<f64>; 2] = [|log: &EpochLog| log.train_loss, |log: &EpochLog| log.validation_loss]
        .map(|of| epochs.iter().map(of).collect());
    let (low, high) =
        lines.iter().flatten().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    let (width, height) = SIZE;
    let place = |(at, &value): (usize, &f64)| {
        let x = 2.0 + at as f64 / (epochs.len() - 1) as f64 * (width - 4.0);
        let y = 2.0 + (high - value) / (high - low).max(1e-12) * (height - 4.0);
        format!("{x:.1},{y:.1}")
    };
    let line = |values: &[f64], class: &str| {
        let points: Vec<String> = values.iter().enumerate().map(place).collect();
        format!("<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "))
    };
    format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"losses over {}\">{}{}</svg>\
         <span class=\"small\">{high:.2}<br>{low:.2}</span>",
        counted(epochs.len(), "epoch"),
        line(&lines[0], "train"),
        line(&lines[1], "validation")
    )
}

const STYLE: &str = "\
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }\n\
h1 { font-size: 1.4rem; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }\n\
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ddd; text-align: left; }\n\
svg { vertical-align: middle; } polyline { fill: none; stroke-width: 1.5; }\n\
polyline.train { stroke: #1a1a1a; } polyline.validation { stroke: #0b57a4; stroke-dasharray: 4 2; }\n\
span.train { color: #1a1a1a; } span.validation { color: #0b57a4; }\n\
.small { display: inline-block; font-size: .75rem; color: #555; vertical-align: middle; line-height: 1.9; padding-left: .3rem; }\n";

impl Events for Live<'_> {
    fn started(&self, stage: usize) {
        let mut state = self.lock();
        state.stages.insert(stage, Watched::default());
        self.write_if_due(&mut state);
    }

    fn step(&self, stage: usize, event: &StepEvent<'_>) {
        let mut state = self.lock();
        let watched = state.stages.entry(stage).or_default();
        watched.epoch = event.epoch;
        if let Some(last) = event.last.filter(|last| watched.epochs.last().is_none_or(|known| known.epoch < last.epoch))
        {
            watched.epochs.push(last.clone());
        }
        self.write_if_due(&mut state);
    }

    fn finished(&self, stage: usize, record: &Record) {
        let mut state = self.lock();
        let end = result(record);
        state.stages.entry(stage).or_default().end = Some(end);
        self.write_if_due(&mut state);
    }

    fn ended(&self, stage: usize, reason: Option<&str>) {
        let mut state = self.lock();
        let end =
            reason.map_or_else(|| "interrupted; it goes on from here".to_owned(), |reason| format!("failed: {reason}"));
        state.stages.entry(stage).or_default().end = Some(end);
        self.write_if_due(&mut state);
    }
}

/// Tells two listeners.
pub(crate) struct Both<'a>(pub &'a Progress, pub Option<&'a Live<'a>>);

impl Events for Both<'_> {
    fn surveyed(&self, to_train: usize) {
        self.0.surveyed(to_train);
    }
    fn started(&self, stage: usize) {
        self.0.started(stage);
        self.1.inspect(|live| live.started(stage));
    }
    fn step(&self, stage: usize, event: &StepEvent<'_>) {
        self.0.step(stage, event);
        self.1.inspect(|live| live.step(stage, event));
    }
    fn finished(&self, stage: usize, record: &Record) {
        self.0.finished(stage, record);
        self.1.inspect(|live| live.finished(stage, record));
    }
    fn ended(&self, stage: usize, reason: Option<&str>) {
        self.0.ended(stage, reason);
        self.1.inspect(|live| live.ended(stage, reason));
    }
    fn notice(&self, text: &str) {
        self.0.notice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;
    use tch::Device;

    #[test]
    fn the_page_is_there_from_the_first_step_and_ends_without_looking_again() {
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\n\
                    [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";
        let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/live.html");
        let progress = Progress::new(&plan, 1, Device::Cpu, true);
        let live = Live::new(&path, &plan, &progress);
        let log = |epoch: usize| EpochLog {
            epoch,
            train_loss: 2.0 / epoch as f64,
            train_accuracy: 0.5,
            validation_loss: 1.5,
            validation_accuracy: 0.5,
        };
        live.started(0);
        for epoch in 1..4 {
            let last = log(epoch);
            live.step(0, &StepEvent { epoch: epoch + 1, step: 1, steps: 9, images: 32, last: Some(&last) });
        }
        let first = std::fs::read_to_string(&path).unwrap();
        assert!(first.contains("http-equiv=\"refresh\"") && first.contains("mnist"), "{first}");
        live.ended(0, Some("no <memory>"));
        live.finish("Done.");
        let last = std::fs::read_to_string(&path).unwrap();
        assert!(
            !last.contains("refresh") && last.contains("<p>Done.</p>") && last.contains("no &lt;memory&gt;"),
            "{last}"
        );
        assert_eq!(last.matches("<polyline").count(), 2);
    }

    #[test]
    fn a_page_that_cannot_be_written_is_said_once() {
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\n[[conditions]]\nlabel = \"a\"\npath = [{}, {}]\n";
        let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
        let progress = Progress::new(&plan, 1, Device::Cpu, true);
        let live = Live::new(Path::new("/dev/null/live.html"), &plan, &progress);
        live.started(0);
        live.finish("Done.");
        assert!(live.lock().refused.as_ref().is_some_and(|said| said.contains("cannot be written")));
    }
}
