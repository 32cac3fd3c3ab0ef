//! The tables of a measurement of steps.

use crate::common::name;
use crate::outcome::Tables;
use crate::steps::outcome::{Setting, Side, Steps};
use crate::table::{markdown, percent};

impl Steps {
    /// A side's arithmetic over the peak of the same precision.
    fn share_of_peak(&self, side: &Side) -> f64 {
        let peak = self.peaks.iter().find(|peak| peak.precision == side.precision);
        peak.map_or(f64::NAN, |peak| side.gflops / peak.gflops)
    }
}

impl Tables for Steps {
    fn tables(&self) -> String {
        let setting = |s: &Setting| format!("width {}, {} stem, batch {}", s.width, s.stem, s.batch);
        let peaks = self
            .peaks
            .iter()
            .map(|peak| vec![name(peak.precision).to_owned(), peak.size.to_string(), format!("{:.0}", peak.gflops)]);
        let sides = self.settings.iter().flat_map(|s| {
            s.sides.iter().map(move |side| {
                vec![
                    format!("{}, {}: {}", setting(s), name(side.precision), side.name),
                    format!("{} × {}", side.jobs, side.threads),
                    side.images_per_second.text(0),
                    percent(self.share_of_peak(side)),
                ]
            })
        });
        let quotients = self.settings.iter().flat_map(|s| {
            s.quotients.iter().map(move |q| {
                let other = if q.peer_precision == q.precision { "" } else { name(q.peer_precision) };
                let peer = [other, &q.peer].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
                let what = format!("{}, {}: {} / {peer}", setting(s), name(q.precision), q.ours);
                vec![what, q.images_per_second.text(2), if q.best { "best peer".into() } else { String::new() }]
            })
        });
        let mut text = markdown("Large matrix products", &["precision", "size", "GFLOP/s"], peaks);
        text += "\n";
        text += &markdown("Throughput", &["", "jobs × threads", "images/s: median (range)", "of peak"], sides);
        if self.settings.iter().any(|s| !s.quotients.is_empty()) {
            text +=
                &format!("\n{}", markdown(&format!("Ours over {}", self.peer), &["", "median (range)", ""], quotients));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use paths::{Precision, Stem};

    use super::*;
    use crate::machine::Machine;
    use crate::outcome::{LeftOut, Outcome};
    use crate::peak::Peak;
    use crate::spread::Spread;
    use crate::steps::outcome::Quotient;

    fn outcome() -> Outcome<Steps> {
        let side = |name: &str| Side {
            name: name.into(),
            precision: Precision::Bf16,
            jobs: 2,
            threads: 1,
            steps: 7,
            images_per_second: Spread::of(vec![0.1, 1e6 / 3.0]),
            gflops: 0.79 * 880.5,
        };
        let result = Steps {
            peer: "torch 2.11.0".into(),
            peaks: vec![Peak { precision: Precision::Bf16, size: 2048, gflops: 880.5 }],
            settings: vec![Setting {
                width: 8,
                stem: Stem::Conv7,
                batch: 64,
                gflop_an_image: 0.05,
                sides: vec![side("ours, side by side"), side("PyTorch eager, contiguous")],
                quotients: vec![Quotient {
                    ours: "ours, side by side".into(),
                    precision: Precision::Bf16,
                    peer: "PyTorch eager, contiguous".into(),
                    peer_precision: Precision::Fp32,
                    images_per_second: Spread::of(vec![2.0, 3.0]),
                    best: true,
                }],
            }],
        };
        Outcome {
            part: "steps".into(),
            quick: true,
            command: "bench steps --quick".into(),
            rounds: 2,
            device: "cpu".into(),
            machine: Machine::describe(std::path::Path::new(".")),
            left_out: vec![LeftOut { what: "a thing".into(), reason: "a reason".into() }],
            result,
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let written = outcome();
        written.write(folder.path()).unwrap();
        let json = std::fs::read_to_string(folder.path().join("steps.json")).unwrap();
        assert_eq!(serde_json::from_str::<Outcome<Steps>>(&json).unwrap(), written);
        let text = std::fs::read_to_string(folder.path().join("steps.md")).unwrap();
        for part in [
            "mean nothing",
            "ours, side by side",
            "79.0 %",
            "2.50 (2.00–3.00)",
            "best peer",
            "side / fp32 PyTorch",
            "Left out: a thing",
            "880",
        ] {
            assert!(text.contains(part), "`{part}` is not in:\n{text}");
        }
    }
}
