//! What a reader must know beside the panels.

use counted::counted;
use paths::{Condition, Count, Experiment};
use reports::RunTable;

/// What a reader must know beside the panels: the scale, and baselines that failed or had no time to converge.
pub(super) fn note(experiment: &Experiment, table: &RunTable) -> Option<String> {
    let s = &experiment.settings;
    let scale = experiment.scale.as_ref().filter(|scale| *scale != "paper").map(|scale| {
        let network = |baseline: &Condition| {
            let model = baseline.model(s);
            let own_rate = baseline.network.and_then(|network| network.lr);
            let rate = own_rate.map(|lr| format!(" at learning rate {lr:e}")).unwrap_or_default();
            format!("{} of width {}{rate}", model.network.title(), model.width)
        };
        let networks: Vec<String> = experiment.baselines().map(network).collect();
        format!("At {scale} scale: {}, {}.", networks.join(" and "), images(s.train_images))
    });
    let is_baseline = |label: &str| experiment.baselines().any(|baseline| baseline.label == label);
    let baseline: Vec<_> = table.runs.iter().filter(|run| is_baseline(&run.condition)).collect();
    let failed = baseline.iter().filter(|run| run.test_loss.is_none()).count();
    let failed = (failed > 0).then(|| format!("The baseline leaves out {failed} failed of its runs."));
    // Longer paths train longer in all, which is an advantage over a baseline that was stopped.
    let path = s.datasets.first().map(|&dataset| experiment.baseline.path(dataset, s)).unwrap_or_default();
    let epochs = path.last().map_or(s.max_epochs, |step| step.process.max_epochs);
    let stopped = |run: &&&reports::Run| run.best_epoch.is_some_and(|epoch| epoch >= epochs as f64);
    let stopped = baseline.iter().filter(stopped).count();
    let stopped = (stopped > 0).then(|| {
        let runs = baseline.len();
        let (runs, epochs) = (counted(runs, "baseline run"), counted(epochs, "epoch"));
        format!("{stopped} of {runs} still improved in the last of {epochs}.")
    });
    let parts: Vec<String> = experiment.figure.note.iter().cloned().chain(scale).chain(failed).chain(stopped).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn images(count: Count) -> String {
    match count {
        Count::All => "all training images".to_owned(),
        Count::AtMost(number) => format!("{} training images", grouped(number)),
    }
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}
