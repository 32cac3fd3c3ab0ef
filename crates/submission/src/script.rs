//! Batch scripts.

use std::path::Path;

use crate::arrays::{After, Array};
use crate::error::SubmissionError;
use crate::folder::Attempt;
use crate::quote::{check_line, directive, log_folder, utf8, word};
use crate::settings::SlurmSettings;
use crate::slurm::Slurm;

/// Seconds before the time limit at which a stage is told to stop; Slurm may tell up to a minute earlier.
const WARNING_SECONDS: u32 = 90;

/// The exit code of a worker that kept a checkpoint because it was told that its time is over (EX_TEMPFAIL of sysexits.h).
const OUT_OF_TIME: u8 = 75;

/// What all scripts of a submission have in common.
pub(crate) struct Scripts<'a> {
    pub attempt: &'a Attempt,
    pub settings: &'a SlurmSettings,
    pub slurm: &'a Slurm,
    /// The working folder of the jobs.
    pub folder: &'a Path,
}

impl Scripts<'_> {
    /// The script of array number `number`, from 1. `worker` is the command that trains the stage whose identity follows it.
    pub fn array(&self, number: usize, array: &Array, worker: &[String]) -> Result<String, SubmissionError> {
        let settings = self.settings;
        let throttle = settings.throttle.map(|most| format!("%{most}")).unwrap_or_default();
        let indices: Vec<u32> = array.elements.iter().map(|element| element.index).collect();
        let mut text = self.head(settings.partition.as_ref(), "%A_%a.log")?;
        text += &directive("array", &format!("{}{throttle}", ranges(&indices)))?;
        text += "#SBATCH --requeue\n";
        text += &directive("signal", &format!("B:USR1@{WARNING_SECONDS}"))?;
        text += &directive("kill-on-invalid-dep", "yes")?;
        for (option, value) in [
            ("gpus", settings.gpus.as_ref().map(ToString::to_string)),
            ("cpus-per-task", settings.cpus.map(|cpus| cpus.to_string())),
            ("mem", settings.memory.clone()),
        ] {
            text += &value.map(|value| directive(option, &value)).transpose()?.unwrap_or_default();
        }
        text += &self.own_options()?;
        text += &match &array.after {
            After::Nothing => format!("# Array {number}: nothing in the queue has to end before these stages.\n"),
            After::Array(before) => {
                format!("# Array {number}: element i begins where element i of array {} has ended.\n", before + 1)
            }
            After::Job(job) => format!("# Array {number}: element i begins where element i of job {job} has ended.\n"),
        };
        let path = |what, path: &Path| word(what, utf8(what, path)?);
        text += &format!(
            "stages={}\n",
            path("the store's path", &self.attempt.path.join(format!("array-{number}.stages")))?
        );
        text += &format!("ended={}\n", path("the store's path", &self.attempt.ended())?);
        text += &self.setup()?;
        let command = worker.iter().map(|argument| word("argument", argument)).collect::<Result<Vec<_>, _>>()?;
        let scontrol = path("the folder of Slurm's programs", &self.slurm.program("scontrol"))?;
        text += &BODY
            .replace("COMMAND", &command.join(" "))
            .replace("SCONTROL", &scontrol)
            .replace("OUT_OF_TIME", &OUT_OF_TIME.to_string());
        Ok(text)
    }

    /// The script of the last job.
    pub fn collect(&self, command: &[String]) -> Result<String, SubmissionError> {
        let partition = self.settings.collect_partition.as_ref().or(self.settings.partition.as_ref());
        let mut text = self.head(partition, "collect-%j.log")?;
        text += &self.own_options()?;
        text += "# Tables, tests and figure, when everything has ended, well or not.\n";
        text += &self.setup()?;
        let command = command.iter().map(|argument| word("argument", argument)).collect::<Result<Vec<_>, _>>()?;
        text += &format!("exec {}\n", command.join(" "));
        Ok(text)
    }

    fn head(&self, partition: Option<&String>, log: &str) -> Result<String, SubmissionError> {
        let mut text = "#!/bin/bash\n".to_owned();
        text += &directive("job-name", &self.attempt.name)?;
        text += &directive("output", &format!("{}/{log}", log_folder(&self.attempt.logs())?))?;
        text += &directive("open-mode", "append")?;
        text += &directive("chdir", utf8("the current folder", self.folder)?)?;
        text += &directive("ntasks", "1")?;
        let settings = self.settings;
        for (option, value) in
            [("partition", partition), ("account", settings.account.as_ref()), ("time", settings.time.as_ref())]
        {
            text += &value.map(|value| directive(option, value)).transpose()?.unwrap_or_default();
        }
        Ok(text)
    }

    /// sbatch's options as the user wrote them: they come last, and the last one counts.
    fn own_options(&self) -> Result<String, SubmissionError> {
        let mut text = String::new();
        for option in &self.settings.options {
            check_line("option of sbatch", option)?;
            text += &format!("#SBATCH {option}\n");
        }
        Ok(text)
    }

    fn setup(&self) -> Result<String, SubmissionError> {
        let mut text = String::new();
        for line in &self.settings.setup {
            check_line("line of setup", line)?;
            text += &format!("{line}\n");
        }
        Ok(text)
    }
}

/// Runs the worker beside the shell, which alone gets the warning before the time limit. The shell passes it on, waits for the
/// checkpoint, and puts the element back into the queue. On SIGTERM Slurm decides whether the element comes back.
const BODY: &str = r#"stage=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$stages")
rm -f "$ended/$stage"
requeue=
COMMAND "$stage" &
worker=$!
trap 'told=yes; requeue=yes; kill -USR1 "$worker"' USR1
trap 'told=yes; kill -USR1 "$worker"' TERM
while :; do
  told=
  wait "$worker"
  code=$?
  # A signal ends `wait` before the worker has ended.
  [ -n "$told" ] || break
done
if [ -n "$requeue" ] && { [ "$code" -eq OUT_OF_TIME ] || [ "$code" -gt 128 ]; }; then
  echo "Out of time: back into the queue, to go on from the checkpoint."
  SCONTROL requeue "$SLURM_JOB_ID" && exit "$code"
fi
echo "$code" > "$ended/$stage"
exit "$code"
"#;

/// Indices as sbatch takes them: `0-4,7`.
fn ranges(indices: &[u32]) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for &index in indices {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => parts.push((index, index)),
        }
    }
    let text = |&(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrays::Element;
    use crate::settings::Count;
    use std::path::PathBuf;

    fn array(after: After) -> Array {
        let elements = [0, 1, 2, 5].iter().map(|&index| Element { index, stage: index as usize }).collect();
        Array { after, elements }
    }

    fn render(settings: &SlurmSettings, folder: &str) -> Result<String, SubmissionError> {
        let attempt = Attempt { path: PathBuf::from(folder).join("1"), name: "fig6-smoke-1a2b3c4d".into() };
        let slurm = Slurm::new(settings.bin.clone());
        let scripts = Scripts { attempt: &attempt, settings, slurm: &slurm, folder: Path::new("/home/it's me") };
        scripts.array(
            2,
            &array(After::Array(0)),
            &["/opt/fig 6".into(), "--store".into(), "$HOME".into(), "--stage".into()],
        )
    }

    #[test]
    fn indices_are_written_as_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
        assert_eq!(ranges(&[3]), "3");
    }

    #[test]
    fn everything_asked_for_is_in_the_script_and_quoted() {
        let settings = SlurmSettings {
            partition: Some("gpu".into()),
            account: Some("lab".into()),
            time: Some("1:00:00".into()),
            gpus: Some(Count::Text("a100:1".into())),
            cpus: Some(4),
            memory: Some("16G".into()),
            throttle: Some(3),
            setup: vec!["module load cuda".into()],
            options: vec!["--qos=long".into()],
            ..SlurmSettings::default()
        };
        let script = render(&settings, "/store/50% \"x\"").unwrap();
        for line in [
            "#!/bin/bash",
            "#SBATCH --job-name=\"fig6-smoke-1a2b3c4d\"",
            "#SBATCH --array=\"0-2,5%3\"",
            "#SBATCH --output=\"/store/50%% \\\"x\\\"/1/logs/%A_%a.log\"",
            "#SBATCH --chdir=\"/home/it's me\"",
            "#SBATCH --requeue",
            "#SBATCH --signal=\"B:USR1@90\"",
            "#SBATCH --partition=\"gpu\"",
            "#SBATCH --account=\"lab\"",
            "#SBATCH --time=\"1:00:00\"",
            "#SBATCH --gpus=\"a100:1\"",
            "#SBATCH --cpus-per-task=\"4\"",
            "#SBATCH --mem=\"16G\"",
            "#SBATCH --qos=long",
            "module load cuda",
            "'/opt/fig 6' --store '$HOME' --stage \"$stage\" &",
        ] {
            assert!(script.lines().any(|l| l == line), "`{line}` is not a line of:\n{script}");
        }
        // sbatch reads its options up to the first line that is no comment.
        let directives = script.rfind("#SBATCH").unwrap();
        assert!(directives < script.find("stages=").unwrap());
        assert_eq!(script.lines().next(), Some("#!/bin/bash"));
    }

    #[test]
    fn what_was_not_asked_for_is_left_to_the_site() {
        let script = render(&SlurmSettings::default(), "/store").unwrap();
        for option in ["partition", "account", "time", "gpus", "cpus-per-task", "mem"] {
            assert!(!script.contains(&format!("--{option}=")), "{option}: {script}");
        }
        assert!(script.contains("--array=\"0-2,5\"\n"));
    }

    #[test]
    fn no_setting_can_add_lines() {
        for settings in [
            SlurmSettings { account: Some("a\nrm -rf /".into()), ..SlurmSettings::default() },
            SlurmSettings { options: vec!["--qos=a\nrm -rf /".into()], ..SlurmSettings::default() },
            SlurmSettings { setup: vec!["module load a\nb".into()], ..SlurmSettings::default() },
        ] {
            assert!(render(&settings, "/store").unwrap_err().to_string().contains("line break"));
        }
        assert!(render(&SlurmSettings::default(), "/back\\slash").is_err());
    }

    /// The script is run by bash with programs that stand in for the worker and for scontrol.
    struct Bench {
        folder: tempfile::TempDir,
    }

    impl Bench {
        fn new(worker: &str) -> Self {
            let folder = tempfile::Builder::new().prefix("it's \"50%\" $HOME ").tempdir().unwrap();
            let bench = Self { folder };
            bench.program("worker", worker);
            bench.program("scontrol", "echo \"$@\" > requeued");
            let attempt = Attempt { path: bench.path("1"), name: "n".into() };
            std::fs::create_dir_all(attempt.ended()).unwrap();
            attempt.write("array-1.stages", "\n\n2aeaf7dd9109fb000b5fd77d4bb46046\n").unwrap();
            let settings = SlurmSettings::default();
            let slurm = Slurm::new(Some(bench.path("")));
            let scripts =
                Scripts { attempt: &attempt, settings: &settings, slurm: &slurm, folder: bench.folder.path() };
            let worker = [bench.path("worker").to_str().unwrap().to_owned(), "--stage".to_owned()];
            attempt.write("array-1.sh", &scripts.array(1, &array(After::Nothing), &worker).unwrap()).unwrap();
            bench
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn program(&self, name: &str, lines: &str) {
            std::fs::write(self.path(name), format!("#!/bin/bash\n{lines}\n")).unwrap();
            std::fs::set_permissions(self.path(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        }

        fn start(&self) -> std::process::Child {
            let mut bash = std::process::Command::new("bash");
            bash.arg(self.path("1/array-1.sh")).current_dir(self.folder.path());
            bash.env("SLURM_ARRAY_TASK_ID", "2").env("SLURM_JOB_ID", "44").spawn().unwrap()
        }

        fn read(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(self.path(name)).ok().map(|text| text.trim().to_owned())
        }

        /// Waits until the worker says that it is ready for signals, and sends one to the shell.
        fn signal_when_ready(&self, child: &std::process::Child, signal: &str) {
            while self.read("ready").is_none() {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            let pid = child.id().to_string();
            assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
        }
    }

    const ENDED: &str = "1/ended/2aeaf7dd9109fb000b5fd77d4bb46046";
    /// Runs until told, then takes a moment, as a checkpoint does.
    const PATIENT: &str =
        "trap 'sleep 0.2; echo kept > checkpoint; exit 75' USR1\necho ready > ready\nwhile :; do sleep 0.05; done";

    #[test]
    fn the_worker_gets_its_stage_and_its_exit_code_is_kept() {
        let bench = Bench::new("echo \"$@\" > arguments; exit 3");
        assert_eq!(bench.start().wait().unwrap().code(), Some(3));
        assert_eq!(bench.read("arguments").unwrap(), "--stage 2aeaf7dd9109fb000b5fd77d4bb46046");
        assert_eq!(bench.read(ENDED).unwrap(), "3");
        assert_eq!(bench.read("requeued"), None);
    }

    #[test]
    fn a_warning_makes_a_checkpoint_and_goes_back_into_the_queue() {
        let bench = Bench::new(PATIENT);
        let mut child = bench.start();
        bench.signal_when_ready(&child, "-USR1");
        assert_eq!(child.wait().unwrap().code(), Some(75));
        assert_eq!(bench.read("checkpoint").unwrap(), "kept");
        assert_eq!(bench.read("requeued").unwrap(), "requeue 44");
        assert_eq!(bench.read(ENDED), None);
    }

    #[test]
    fn a_termination_makes_a_checkpoint_and_leaves_the_queue_to_slurm() {
        let bench = Bench::new(PATIENT);
        let mut child = bench.start();
        bench.signal_when_ready(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(75));
        assert_eq!(bench.read("checkpoint").unwrap(), "kept");
        assert_eq!(bench.read("requeued"), None);
        assert_eq!(bench.read(ENDED).unwrap(), "75");
    }
}
