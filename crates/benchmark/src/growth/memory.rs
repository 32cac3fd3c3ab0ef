//! Peak memory of the figures' programs against images and jobs.

use counted::counted;
use std::process::Command;
use std::time::Duration;

use paths::DatasetName;
use serde::{Deserialize, Serialize};

use crate::error::BenchError;
use crate::images::is_there;
use crate::outcome::LeftOut;
use crate::process::run;
use crate::session::Session;
use crate::table::{markdown, mib};

const LIMIT: Duration = Duration::from_secs(24 * 3600);
const WIDTH: usize = 8;

/// Most memory resident at once in a run of `experiment`: blurred, then sharp, one epoch each, a seed a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Peak {
    pub train_images: usize,
    pub jobs: usize,
    pub width: usize,
    pub peak_resident_bytes: u64,
    pub command: String,
}

pub(super) fn measure(
    session: &Session,
    images: &[usize],
    jobs: &[usize],
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Peak>, BenchError> {
    if session.quick && !is_there(&session.data, DatasetName::Cifar10) {
        let reason = format!(
            "{} has no CIFAR-10, and a quick check fetches nothing; `cargo xtask figure 6` fetches it",
            session.data.display()
        );
        left_out.push(LeftOut { what: "memory".into(), reason });
        return Ok(Vec::new());
    }
    let progress = session.progress("memory", images.len() * jobs.len());
    let mut peaks = Vec::new();
    for &train_images in images {
        for &jobs in jobs {
            progress.set_message(format!("{}, {}", counted(train_images, "image"), counted(jobs, "job")));
            peaks.push(one(session, train_images, jobs)?);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(peaks)
}

fn one(session: &Session, train_images: usize, jobs: usize) -> Result<Peak, BenchError> {
    let folder = session.folder()?;
    let experiment = folder.path().join("memory.toml");
    let text = format!(
        "name = \"memory\"\ntitle = \"Memory\"\n[settings]\ndatasets = [\"cifar10\"]\nseeds = {jobs}\nbaseline_seeds = 1\n\
         train_images = {train_images}\ntest_images = {}\nwidth = {WIDTH}\nbatch_size = 64\nmax_epochs = 1\npatience = 1\n\
         [[conditions]]\nlabel = \"pretrained\"\npath = [{{ blur = 0.25 }}, {{}}]\n",
        train_images / 5,
    );
    std::fs::write(&experiment, text).map_err(BenchError::io(&experiment))?;
    let mut command = Command::new(session.program("experiment")?);
    command.arg(&experiment).args(["--quiet", "--jobs", &jobs.to_string(), "--device", &session.device_name()]);
    command.arg("--store").arg(folder.path().join("runs")).arg("--out").arg(folder.path());
    command.arg("--data").arg(&session.data);
    let command_line = session.shown(&command);
    let finished = run(command, LIMIT)?
        .ok_or_else(|| BenchError::Process { command: command_line.clone(), reason: "did not end".into() })?;
    Ok(Peak { train_images, jobs, width: WIDTH, peak_resident_bytes: finished.peak_bytes, command: command_line })
}

pub(super) fn table(peaks: &[Peak]) -> String {
    let rows = peaks.iter().map(|peak| {
        vec![
            format!(
                "{}, {}, width {}",
                counted(peak.train_images, "CIFAR-10 image"),
                counted(peak.jobs, "job"),
                peak.width
            ),
            mib(peak.peak_resident_bytes),
        ]
    });
    markdown("Peak resident memory", &["", "MiB"], rows)
}
