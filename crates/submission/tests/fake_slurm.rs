//! Submissions to programs that stand in for Slurm's and note what they were asked.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use paths::StageId;
use submission::{
    Fate, Request, Slurm, SlurmSettings, State, Submitted, Wanted, dry_run, latest, named, states, submit,
};

/// A cluster whose sbatch numbers jobs from 101, notes its arguments, and whose squeue prints a file.
struct Cluster {
    folder: tempfile::TempDir,
}

impl Cluster {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("it's a \"cluster\" ").tempdir().unwrap();
        let cluster = Self { folder };
        let here = "cd -- \"$(dirname -- \"$0\")\"";
        cluster.program(
            "sbatch",
            &format!("{here}\nprintf '%s\\n' \"$*\" >> asked\necho \"$((100 + $(wc -l < asked)));cluster\""),
        );
        cluster.program("squeue", &format!("{here}\ncat queue 2>/dev/null || true"));
        cluster.program("scontrol", "printf 'MaxArraySize            = 3\\nMaxJobCount = 10\\n'");
        cluster
    }

    fn program(&self, name: &str, lines: &str) {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/bash\n{lines}\n")).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn store(&self) -> PathBuf {
        self.path("the store")
    }

    /// What sbatch was asked, without the path of the script's folder.
    fn asked(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("asked")).unwrap_or_default();
        let folder = format!("{}/", self.store().join("submissions").display());
        text.lines().map(|line| line.replace(&folder, "")).collect()
    }

    fn settings(&self) -> SlurmSettings {
        SlurmSettings { bin: Some(self.folder.path().to_owned()), ..SlurmSettings::default() }
    }

    fn submit(&self, stages: &[Wanted]) -> Submitted {
        submit(&request(&self.store(), stages, &words()), &self.settings()).unwrap()
    }
}

fn words() -> Vec<String> {
    vec!["/opt/fig 6".to_owned(), "--flag".to_owned()]
}

fn request<'a>(store: &'a Path, stages: &'a [Wanted], words: &'a [String]) -> Request<'a> {
    Request {
        store,
        folder: Path::new("/tmp"),
        name: "fig6-smoke",
        title: "fig6 at smoke scale",
        experiment: "name = \"fig6\"\n",
        stages,
        worker: words,
        collect: words,
    }
}

fn id(number: usize) -> StageId {
    format!("{number:032x}").parse().unwrap()
}

/// Four roots; the first has two children, the second one.
fn stages() -> Vec<Wanted> {
    let parents = [None, None, None, None, Some(0), Some(0), Some(1)];
    let wanted = |(n, &parent)| Wanted { id: id(n), text: format!("stage {n}"), parent, to_train: true };
    parents.iter().enumerate().map(wanted).collect()
}

#[test]
fn arrays_wait_for_those_before_and_the_last_job_for_all() {
    let cluster = Cluster::new();
    let submitted = cluster.submit(&stages());
    assert_eq!((submitted.stages, submitted.queued), (7, 0));
    assert_eq!(submitted.jobs, ["101", "102", "103", "104"]);
    assert_eq!(submitted.collect.as_deref(), Some("105"));
    let folder = submitted.folder.unwrap();
    let name = folder.parent().unwrap().file_name().unwrap().to_str().unwrap();
    let script = |script: &str| format!("{name}/1/{script}.sh");
    assert_eq!(
        cluster.asked(),
        [
            format!("--parsable {}", script("array-1")),
            format!("--parsable {}", script("array-2")),
            format!("--parsable --dependency=aftercorr:101 {}", script("array-3")),
            format!("--parsable --dependency=aftercorr:101 {}", script("array-4")),
            format!("--parsable --dependency=afterany:101:102:103:104 {}", script("collect")),
        ]
    );
    // The site's arrays end at index 2.
    assert!(fs::read_to_string(folder.join("array-1.sh")).unwrap().contains("--array=\"0-2\""));
    assert_eq!(
        fs::read_to_string(folder.join("array-1.stages")).unwrap(),
        format!("{}\n{}\n{}\n", id(0), id(1), id(2))
    );
    assert_eq!(fs::read_to_string(folder.join("array-2.stages")).unwrap(), format!("{}\n", id(3)));
    assert_eq!(fs::read_to_string(folder.join("array-3.stages")).unwrap(), format!("{}\n{}\n", id(4), id(6)));
    assert_eq!(fs::read_to_string(folder.join("experiment.toml")).unwrap(), "name = \"fig6\"\n");
    // The last job reads the copy of the experiment file, whatever the path has in it.
    let collect = fs::read_to_string(folder.join("collect.sh")).unwrap();
    let last = shlex::split(collect.lines().last().unwrap()).unwrap();
    assert_eq!(last, ["exec", "/opt/fig 6", "--flag", folder.join("experiment.toml").to_str().unwrap()]);
}

#[test]
fn nothing_is_submitted_twice() {
    let cluster = Cluster::new();
    let mut stages = stages();
    let first = cluster.submit(&stages);
    let name = first.folder.unwrap().parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    // Everything waits or runs: array 101 is stages 0 to 2, 102 stage 3, 103 stages 4 and 6, 104 stage 5.
    let all = [("101", 0), ("101", 1), ("101", 2), ("102", 0), ("103", 0), ("103", 1), ("104", 0)];
    let queue = |elements: &[(&str, u32)]| {
        let lines: String = elements.iter().map(|(job, index)| format!("{job}|{index}|{name}\n")).collect();
        fs::write(cluster.path("queue"), format!("{lines}105|N/A|{name}\n101|0|something-else\n")).unwrap();
    };
    queue(&all);
    let again = cluster.submit(&stages);
    assert_eq!((again.stages, again.queued, again.folder), (0, 7, None));
    assert_eq!(cluster.asked().len(), 5);

    // Stage 0 is done and left the queue, 2 was cancelled, so was 6, whose parent 1 still runs.
    stages[0].to_train = false;
    queue(&[("101", 1), ("102", 0), ("103", 0), ("104", 0)]);
    let third = cluster.submit(&stages);
    assert_eq!((third.stages, third.queued), (2, 4));
    let folder = third.folder.unwrap();
    assert!(folder.ends_with(format!("{name}/2")), "{}", folder.display());
    assert_eq!(
        cluster.asked()[5..],
        [
            format!("--parsable --dependency=aftercorr:101 {name}/2/array-1.sh"),
            format!("--parsable {name}/2/array-2.sh"),
            format!("--parsable --dependency=afterany:101:102:103:104:106:107 {name}/2/collect.sh"),
        ]
    );
    assert_eq!(fs::read_to_string(folder.join("array-1.stages")).unwrap(), format!("\n{}\n", id(6)));

    // Everything is in the store.
    stages.iter_mut().for_each(|stage| stage.to_train = false);
    assert_eq!(cluster.submit(&stages).stages, 0);
    assert_eq!(cluster.asked().len(), 8);
}

#[test]
fn what_was_submitted_before_a_refusal_is_found_again() {
    let cluster = Cluster::new();
    let asked = "cd -- \"$(dirname -- \"$0\")\"\nprintf '%s\\n' \"$*\" >> asked";
    cluster.program(
        "sbatch",
        &format!("{asked}\nif [ $(wc -l < asked) = 2 ]; then echo 'no more jobs' >&2; exit 1; fi\necho 101"),
    );
    let stages = stages();
    let message = submit(&request(&cluster.store(), &stages, &words()), &cluster.settings()).unwrap_err().to_string();
    assert!(message.contains("no more jobs"), "{message}");
    let submission = latest(&cluster.store()).unwrap();
    let mut launched: Vec<StageId> = submission.launches.keys().copied().collect();
    launched.sort();
    assert_eq!(launched, [id(0), id(1), id(2)]);
    assert_eq!(named(&cluster.store(), "fig6").unwrap().name, submission.name);
}

#[test]
fn a_dry_run_prints_the_scripts_and_writes_nothing() {
    let cluster = Cluster::new();
    let stages = stages();
    let text = dry_run(&request(&cluster.store(), &stages, &words()), &cluster.settings()).unwrap();
    for part in [
        "7 stages to submit in 4 arrays",
        "# array_1=$(sbatch --parsable array-1.sh)",
        "# array_4=$(sbatch --parsable --dependency=aftercorr:$array_1 array-4.sh)",
        "# sbatch --parsable --dependency=afterany:$array_1:$array_2:$array_3:$array_4 collect.sh",
        "#SBATCH --array=\"0-2\"",
        "'/opt/fig 6' --flag \"$stage\" &",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    assert!(!cluster.store().exists());
    assert!(cluster.asked().is_empty());
    // Where there is no Slurm, scripts can still be looked at, and submitting says what is missing.
    let nowhere = SlurmSettings { bin: Some("/nowhere".into()), ..SlurmSettings::default() };
    assert!(dry_run(&request(&cluster.store(), &stages, &words()), &nowhere).unwrap().contains("--array=\"0-3\""));
    cluster.submit(&stages);
    let message = submit(&request(&cluster.store(), &stages, &words()), &nowhere).unwrap_err().to_string();
    assert!(message.contains("/nowhere/squeue") && message.contains("login node"), "{message}");
}

#[test]
fn progress_tells_what_waits_from_what_failed() {
    let cluster = Cluster::new();
    let submitted = cluster.submit(&stages());
    let folder = submitted.folder.unwrap();
    let submission = latest(&cluster.store()).unwrap();
    let name = &submission.name;
    // Stage 0 is done, 1 is being trained, 2 ended with a code, 3 was killed, 4 may run, 5 was cancelled, 6 waits for 1.
    fs::write(cluster.path("queue"), format!("101|1|{name}\n103|0|{name}\n103|1|{name}\n")).unwrap();
    fs::write(folder.join("ended").join(id(2).to_string()), "1\n").unwrap();
    for log in ["101_0", "101_1", "101_2", "102_0"] {
        fs::write(folder.join("logs").join(format!("{log}.log")), "epoch 1\n").unwrap();
    }
    let queue = Slurm::new(Some(cluster.folder.path().to_owned())).queue(std::slice::from_ref(name)).unwrap();
    let store = HashMap::from([(id(0), Fate::Finished)]);
    let running = HashSet::from([id(1)]);
    let expected = [
        State::Ended(Fate::Finished),
        State::Running,
        State::Failed(Some(1)),
        State::Failed(None),
        State::Queued,
        State::NotQueued,
        State::Waiting,
    ];
    assert_eq!(states(&submission, &store, &running, Some(&queue)), expected);
    assert_eq!(submission.launches[&id(2)].log(), folder.join("logs/101_2.log"));

    // An element that kept a checkpoint was interrupted; without squeue nobody knows of the others.
    fs::write(folder.join("ended").join(id(2).to_string()), "75\n").unwrap();
    let without = states(&submission, &store, &running, None);
    assert_eq!(
        without[2..],
        [State::Interrupted, State::Submitted, State::Submitted, State::Submitted, State::Submitted]
    );

    // Nothing comes after a stage that diverged.
    let diverged = HashMap::from([(id(0), Fate::Diverged)]);
    let states = states(&submission, &diverged, &running, Some(&queue));
    assert_eq!((states[4], states[5]), (State::GivenUp, State::GivenUp));
}
