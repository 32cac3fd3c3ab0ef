//! How far a download is: a bar on a terminal, a plain line every tenth elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) struct Progress<'a> {
    bar: ProgressBar,
    name: &'a str,
    total_bytes: Option<u64>,
    received_bytes: u64,
    next_tenth: u64,
    notice: &'a dyn Fn(&str),
}

impl<'a> Progress<'a> {
    /// `total_bytes` is `None` where the server does not say.
    pub(crate) fn new(name: &'a str, total_bytes: Option<u64>, notice: &'a dyn Fn(&str)) -> Self {
        let bar = total_bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(name.to_string());
        Self { bar, name, total_bytes, received_bytes: 0, next_tenth: 1, notice }
    }

    pub(crate) fn advance(&mut self, bytes: u64) {
        self.received_bytes += bytes;
        self.bar.inc(bytes);
        let Some(total_bytes) = self.total_bytes.filter(|total| *total > 0 && self.bar.is_hidden()) else {
            return;
        };
        let tenth = self.received_bytes.saturating_mul(10) / total_bytes;
        if tenth >= self.next_tenth {
            (self.notice)(&format!("{}: {} % of {:.1} MB", self.name, tenth * 10, total_bytes as f64 / 1e6));
            self.next_tenth = tenth + 1;
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
