//! Experiment files: what they may say, and how a scale and the command line overlay them.

use counted::counted;
use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use crate::condition::Family;
use crate::error::in_plain_words;
use crate::scales::{self, Scales};
use crate::values;
use crate::{Condition, Drawing, Experiment, ExperimentError, Settings, SettingsPatch};

/// More tasks would take gigabytes to plan; the paper's largest figure has a few thousand.
const MOST_TASKS: usize = 1_000_000;
/// Characters of a label, with the learning rates that stand for `{lr}`.
const LONGEST_LABEL: usize = 10_000;

/// An experiment file as written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentFile {
    name: String,
    #[serde(deserialize_with = "values::text")]
    title: String,
    #[serde(default, deserialize_with = "values::some_text")]
    x_label: Option<String>,
    #[serde(default)]
    figure: Drawing,
    #[serde(default)]
    settings: SettingsPatch,
    /// The table of scales that those of the file are laid over.
    scales: Option<ScalesOf>,
    #[serde(default)]
    scale: BTreeMap<String, SettingsPatch>,
    #[serde(default = "Condition::target_alone")]
    baseline: Condition,
    conditions: Vec<Family>,
    #[serde(default, deserialize_with = "values::names")]
    measures: Vec<String>,
}

/// Where scales come from besides the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScalesOf {
    /// Those that all figures share.
    Standard,
}

impl ExperimentFile {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// [`ExperimentError::Text`] shows the line and says what is allowed there.
    pub fn parse(text: &str) -> Result<Self, ExperimentError> {
        let file: Self =
            toml::from_str(text).map_err(|e| ExperimentError::Text(in_plain_words(e.to_string().trim_end())))?;
        file.check().map_err(ExperimentError::Text)?;
        Ok(file)
    }

    /// The same file with the scales of `standard` under its own, where it asks for them by `scales = "standard"`.
    pub fn with_scales(mut self, standard: &Scales) -> Self {
        if self.scales == Some(ScalesOf::Standard) {
            for (name, patch) in standard.iter() {
                let own = self.scale.entry(name.to_owned()).or_default();
                *own = own.over(patch);
            }
        }
        self
    }

    /// The scales that the file has settings for.
    pub fn scales(&self) -> impl Iterator<Item = &str> {
        self.scale.keys().map(String::as_str)
    }

    /// Decides every setting: the paper's, overlaid by the file's, by those of `scale`, and by `patches` in order.
    ///
    /// # Errors
    /// [`ExperimentError::Scale`] where the file has no such scale, [`ExperimentError::Text`] where two conditions have one
    /// label, a label is too long, or the experiment is too large to list its runs.
    pub fn resolve(&self, scale: Option<&str>, patches: &[SettingsPatch]) -> Result<Experiment, ExperimentError> {
        let mut settings = Settings::paper().with(&self.settings);
        if let Some(scale) = scale {
            let patch = self.scale.get(scale).ok_or_else(|| ExperimentError::Scale {
                asked: scale.to_owned(),
                allowed: self.scale.keys().cloned().collect(),
            })?;
            settings = settings.with(patch);
        }
        for patch in patches {
            settings = settings.with(patch);
        }
        let of_scale = scale.and_then(|scale| self.scale.get(scale));
        let named = |patch: &SettingsPatch| patch.baseline_seeds.is_some();
        if !named(&self.settings) && !of_scale.is_some_and(named) && !patches.iter().any(named) {
            settings.baseline_seeds = settings.seeds.clone();
        }
        for (at, dataset) in settings.datasets.iter().enumerate() {
            if settings.datasets[..at].contains(dataset) {
                return Err(ExperimentError::Text(format!("dataset `{dataset}` is named twice")));
            }
        }
        if let Some(twice) = settings.other_networks.iter().find(|other| other.network == settings.network) {
            let text = format!(
                "the network `{}` is the experiment's own and is named again by `other_networks`",
                twice.network
            );
            return Err(ExperimentError::Text(text));
        }
        let conditions: Vec<Condition> = self
            .conditions
            .iter()
            .flat_map(|family| &family.0)
            .filter(|condition| condition.steps.len() <= settings.max_tasks)
            .cloned()
            .collect();
        if conditions.is_empty() {
            let text = format!(
                "no condition has {} or fewer, which `max_tasks` asks for",
                counted(settings.max_tasks, "task")
            );
            return Err(ExperimentError::Text(text));
        }
        let labelled = |condition: &Condition| condition.labelled(&settings);
        let baseline = labelled(&self.baseline);
        let other_baselines = settings.other_networks.iter().map(|&network| self.baseline.of_network(network));
        let other_baselines: Vec<Condition> = other_baselines.map(|baseline| labelled(&baseline)).collect();
        let conditions: Vec<Condition> = with_other_networks(conditions, &settings).iter().map(labelled).collect();
        let all = || std::iter::once(&baseline).chain(&other_baselines).chain(&conditions);
        check_labels(all().map(|c| c.label.as_str())).map_err(ExperimentError::Text)?;
        all().try_for_each(|condition| condition.check_datasets(&settings.datasets)).map_err(ExperimentError::Text)?;
        all().try_for_each(|condition| condition.check_interventions(&settings)).map_err(ExperimentError::Text)?;
        let experiment = Experiment {
            name: self.name.clone(),
            title: self.title.clone(),
            x_label: self.x_label.clone().unwrap_or_else(|| self.figure.kind.x_label().to_owned()),
            figure: self.figure.clone(),
            scale: scale.map(str::to_owned),
            settings,
            baseline,
            other_baselines,
            conditions,
            measures: self.measures.clone(),
        };
        let tasks = experiment.tasks();
        if tasks > MOST_TASKS {
            let text = format!(
                "the experiment's runs have {tasks} tasks in all, at most {MOST_TASKS} can be planned; take fewer seeds, \
                 conditions or tasks"
            );
            return Err(ExperimentError::Text(text));
        }
        Ok(experiment)
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(plain) {
            let name = &self.name;
            return Err(format!(
                "name \"{name}\": allowed are 1 to 64 lower-case letters, digits and hyphens, as it names files"
            ));
        }
        self.scale.keys().try_for_each(|name| scales::check_name(name))?;
        if self.conditions.is_empty() {
            return Err("the experiment has no conditions; write at least one [[conditions]] table".into());
        }
        Ok(())
    }
}

/// The conditions, and then the same with each of the other networks; where there are any, each network has rows of its own.
fn with_other_networks(mut conditions: Vec<Condition>, settings: &Settings) -> Vec<Condition> {
    let others = settings.other_networks.iter();
    let of_others: Vec<Condition> =
        others.flat_map(|&network| conditions.iter().map(move |condition| condition.of_network(network))).collect();
    if !of_others.is_empty() {
        conditions.iter_mut().for_each(|condition| condition.row = Some(condition.row_of(settings.network)));
    }
    conditions.extend(of_others);
    conditions
}

fn check_labels<'a>(labels: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = HashSet::new();
    for label in labels {
        let characters = label.chars().count();
        if characters > LONGEST_LABEL {
            let start: String = label.chars().take(40).collect();
            return Err(format!(
                "the label \"{start}…\" has {characters} characters, at most {LONGEST_LABEL} are allowed"
            ));
        }
        if !seen.insert(label) {
            return Err(format!("two conditions are labelled \"{label}\"; labels must differ"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatasetName;

    fn with(lines: &str) -> Result<ExperimentFile, ExperimentError> {
        ExperimentFile::parse(&format!("name = \"t\"\ntitle = \"t\"\n{lines}"))
    }

    const CONDITION: &str = "[[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n";

    #[test]
    fn scales_overlay_settings_and_patches_overlay_both() {
        let file = with(&format!("[settings]\nlr = 0.1\nwidth = 8\n[scale.small]\nwidth = 4\n{CONDITION}")).unwrap();
        let patch = SettingsPatch::parse_assignment("lr=0.3").unwrap();
        let experiment = file.resolve(Some("small"), &[patch]).unwrap();
        assert_eq!((experiment.settings.lr, experiment.settings.width), (0.3, crate::Width::Number(4)));
        assert_eq!(experiment.settings.momentum, Settings::paper().momentum);
        let message = file.resolve(Some("large"), &[]).unwrap_err().to_string();
        assert_eq!(message, "unknown scale `large`; allowed: small");
    }

    #[test]
    fn a_changed_learning_rate_is_one_word() {
        let file = with("[[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, { lr_factor = 2 }]\n").unwrap();
        let experiment = file.resolve(None, &[]).unwrap();
        let path = experiment.conditions[0].path(DatasetName::Mnist, &experiment.settings);
        assert_eq!((path[0].process.lr, path[1].process.lr), (1e-3, 2e-3));
        assert_eq!((path[0].task.transform.blur, path[1].task.transform.is_standard()), (0.25, true));
    }

    #[test]
    fn a_list_of_task_numbers_is_a_condition_each() {
        let lines =
            "[[conditions]]\nlabel = \"blur N={n}\"\ntick = \"{n}\"\nfrom = { blur = 0.25 }\ntasks = [2, 3, 5]\n";
        let file = with(lines).unwrap();
        let experiment = file.resolve(None, &[]).unwrap();
        let names: Vec<_> = experiment.conditions.iter().map(|c| (c.label.as_str(), c.tick())).collect();
        assert_eq!(names, [("blur N=2", "2"), ("blur N=3", "3"), ("blur N=5", "5")]);
        assert_eq!(experiment.conditions[1].transforms()[1].blur, 0.625);
        let few = SettingsPatch::parse_assignment("max_tasks=3").unwrap();
        assert_eq!(file.resolve(None, &[few]).unwrap().conditions.len(), 2);
    }

    #[test]
    fn a_list_in_a_task_is_a_condition_each_and_lists_go_together() {
        let lines = "[[conditions]]\nlabel = \"blur for {x} epochs\"\n\
                     path = [{ blur = 0.25, max_epochs = [2, 4, 8], patience = [3, 5, 9], carry = \"last\" }, {}]\n";
        let experiment = with(lines).unwrap().resolve(None, &[]).unwrap();
        let found: Vec<_> = experiment.conditions.iter().map(|c| (c.label.as_str(), c.line.as_str(), c.x)).collect();
        let line = "blur for x epochs";
        assert_eq!(found[..2], [("blur for 2 epochs", line, Some(2.0)), ("blur for 4 epochs", line, Some(4.0))]);
        let path = experiment.conditions[2].path(DatasetName::Mnist, &experiment.settings);
        assert_eq!((path[0].process.max_epochs, path[0].process.patience), (8, 9));
        assert_eq!((path[0].process.carry, path[1].process.carry), (crate::Carry::Last, crate::Carry::Best));
        for (lines, part) in [
            (lines.replace("3, 5, 9", "3, 5"), "3 numbers of `max_epochs` and 2 of `patience`"),
            (lines.replace("{x}", "x"), "write {x} into its label"),
            (lines.replace("3, 5, 9", "3, 5, 3"), "listed twice"),
            (lines.replace("2, 4, 8", "0, 4, 8"), "1 or more"),
            (lines.replace("2, 4, 8", "2, \"x\", 8"), "expected a number"),
            (lines.replace("[2, 4, 8]", "\"x\""), "a whole number"),
            (lines.replace("\nlabel", "\nx = 3\nlabel"), "says `x` and has a list"),
            (lines.replace("[2, 4, 8]", "2").replace("[3, 5, 9]", "3"), "no number that it stands for"),
        ] {
            let message = with(&lines).unwrap_err().to_string();
            assert!(message.contains(part), "`{part}` is not in:\n{message}");
        }
    }

    #[test]
    fn schedules_and_interventions_may_be_words() {
        let lines = "settings = { schedule = \"warm_up\" }\n[[conditions]]\nlabel = \"a\"\n\
                     path = [{ schedule = \"cosine\", interventions = [\"redo\", { dash = { alpha = 0.5 } }] }, { schedule = \"constant\" }, {}]\n";
        let experiment = with(lines).unwrap().resolve(None, &[]).unwrap();
        let path = experiment.conditions[0].path(DatasetName::Mnist, &experiment.settings);
        let schedules: Vec<String> = path.iter().map(|step| step.process.schedule.to_string()).collect();
        assert_eq!(schedules, ["cosine", "constant", "warm-up from 0.1 over 5 epochs"]);
        let done: Vec<String> = path[0].interventions.iter().map(ToString::to_string).collect();
        assert_eq!(done, ["redo 0.025 every 1", "dash 0.5 0.3"]);
        for (change, parts) in [
            (("\"cosine\"", "\"linear\""), ["line 6", "`cosine`"]),
            (("alpha = 0.5", "alpha = 0"), ["line 6", "above 0"]),
            (("\"redo\"", "\"rodeo\""), ["line 6", "`redo`"]),
            (("\"redo\"", "{ redo = { tau = 1 } }"), ["line 6", "threshold"]),
        ] {
            let message = with(&lines.replace(change.0, change.1)).unwrap_err().to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
        let set = |text| SettingsPatch::parse_assignment(text);
        assert_eq!(set("schedule=cosine").unwrap().schedule.map(|s| s.to_string()).as_deref(), Some("cosine"));
        assert!(set("augmentation=crop-flip").unwrap().augmentation.is_some());
        let other = set("other_networks=[\"mlp\"]").unwrap().other_networks.unwrap();
        assert_eq!(other[0].width, crate::Width::Standard);
        assert!(set("other_networks=[3]").unwrap_err().to_string().contains("a network's name"));
        assert!(set("other_networks=[\"vgg\"]").unwrap_err().to_string().contains("all-cnn"));
    }

    #[test]
    fn other_networks_have_every_condition_and_a_baseline_of_their_own() {
        let lines =
            format!("[settings]\nwidth = 16\nother_networks = [{{ network = \"all-cnn\", width = 12 }}]\n{CONDITION}");
        let experiment = with(&lines).unwrap().resolve(None, &[]).unwrap();
        let runs = experiment.runs();
        let of = |label: &str| runs.iter().find(|run| run.condition == label).unwrap();
        assert_eq!((of("a").model.width, of("a, All-CNN").model.width), (16, 12));
        assert_eq!(of("baseline, All-CNN").factors.network, crate::NetworkName::AllCnn);
        assert!(of("baseline, All-CNN").factors.is_baseline && of("baseline").factors.is_baseline);
        assert_eq!(experiment.baseline_of(&experiment.conditions[1]).label, "baseline, All-CNN");
        assert_eq!(experiment.conditions[0].row.as_deref(), Some("ResNet-18"));
        assert_eq!(of("a, All-CNN").path, of("a").path);
        let slower = lines.replace("width = 12", "lr = 5e-4").replace("label = \"a\"", "label = \"{lr}\"");
        let experiment = with(&slower).unwrap().resolve(None, &[]).unwrap();
        let rates = |label: &str| {
            let run = experiment.runs().into_iter().find(|run| run.condition == label).unwrap();
            run.path.iter().map(|step| step.process.lr).collect::<Vec<_>>()
        };
        assert_eq!((rates("(1e-3, 1e-3)"), rates("(5e-4, 5e-4), All-CNN")), (vec![1e-3; 2], vec![5e-4; 2]));
        assert_eq!(rates("baseline, All-CNN"), [5e-4]);
        let message = with(&lines.replace("width = 12", "lr = -1")).unwrap_err().to_string();
        assert!(message.contains("lr = -1") && message.contains("a learning rate of 0 or more"), "{message}");
        let twice = lines.replace("all-cnn", "resnet18");
        assert!(with(&twice).unwrap().resolve(None, &[]).unwrap_err().to_string().contains("named again"));
    }

    #[test]
    fn a_task_may_have_another_dataset_of_the_same_shape() {
        let lines = "[settings]\ndatasets = [\"mnist\"]\n[[conditions]]\nlabel = \"a\"\npath = [{ dataset = \"fashion-mnist\" }, {}]\n";
        let experiment = with(lines).unwrap().resolve(None, &[]).unwrap();
        let path = &experiment.runs().pop().unwrap().path;
        assert_eq!((path[0].task.dataset, path[1].task.dataset), (DatasetName::FashionMnist, DatasetName::Mnist));
        assert_eq!(experiment.datasets(), [DatasetName::Mnist, DatasetName::FashionMnist]);
        let last = with(&lines.replace("{}]", "{ dataset = \"fashion-mnist\" }]")).unwrap().resolve(None, &[]);
        assert!(last.unwrap_err().to_string().contains("ends on fashion-mnist in a panel of mnist"));
        let message =
            with(&lines.replace("fashion-mnist", "svhn")).unwrap().resolve(None, &[]).unwrap_err().to_string();
        assert!(message.contains("32×32×3") && message.contains("28×28×1"), "{message}");
    }

    #[test]
    fn labels_may_name_the_learning_rates() {
        let file = with("[[conditions]]\nlabel = \"{lr}\"\npath = [{ blur = 0.25 }, { lr_factor = 2 }]\n").unwrap();
        assert_eq!(file.resolve(None, &[]).unwrap().conditions[0].label, "(1e-3, 2e-3)");
        let patch = SettingsPatch::parse_assignment("lr=0.01").unwrap();
        assert_eq!(file.resolve(None, &[patch]).unwrap().conditions[0].label, "(1e-2, 2e-2)");
    }

    #[test]
    fn mistakes_are_shown_with_line_key_and_what_is_allowed() {
        for (lines, parts) in [
            (format!("[settings]\nlr = -1\n{CONDITION}"), vec!["line 4", "lr = -1", "0 or more"]),
            (format!("[settings]\nwidth = \"x\"\n{CONDITION}"), vec!["line 4", "a whole number"]),
            (format!("[settings]\nlearning_rate = 1\n{CONDITION}"), vec!["line 4", "learning_rate", "lr", "momentum"]),
            (format!("[settings]\ndatasets = [\"cifar\"]\n{CONDITION}"), vec!["line 4", "cifar10", "fashion-mnist"]),
            (CONDITION.replace("0.25", "0"), vec!["line 5", "blur", "above 0"]),
            (CONDITION.replace("path = [{ blur = 0.25 }, {}]", "from = {}\ntasks = 0"), vec!["tasks = 0", "1 to 1000"]),
            (CONDITION.replace("path = [{ blur = 0.25 }, {}]", "tasks = 3"), vec!["needs either `path`"]),
            (format!("{CONDITION}tasks = 3\n"), vec!["write one of the two"]),
            (CONDITION.replace("path = [{ blur = 0.25 }, {}]", "from = {}\ntasks = [2, 2]"), vec!["line 6", "twice"]),
            (CONDITION.replace("path = [{ blur = 0.25 }, {}]", "from = {}\ntasks = []"), vec!["line 6", "1 to 1000"]),
            (CONDITION.replace("path = [{ blur = 0.25 }, {}]", "from = {}\ntasks = [2, 3]"), vec!["{n}", "label"]),
            (
                CONDITION.replace(
                    "path = [{ blur = 0.25 }, {}]",
                    &format!("from = {{}}\ntasks = {:?}", (1..40).collect::<Vec<_>>()),
                ),
                vec!["line 6", "more than 32 numbers"],
            ),
            (format!("[figure]\nkind = \"pie\"\n{CONDITION}"), vec!["line 4", "violins", "paths"]),
            (format!("[settings]\nmax_tasks = 1\n{CONDITION}"), vec!["max_tasks", "1 task or fewer"]),
            (format!("{CONDITION}{CONDITION}"), vec!["labels must differ"]),
            (format!("[scale.\"../x\"]\n{CONDITION}"), vec!["../x", "lower-case"]),
            (format!("[scale.own]\n{CONDITION}"), vec!["own"]),
            (format!("[settings]\nbatch_size = 1\n{CONDITION}"), vec!["2 or more"]),
            (format!("[scale.x]\nseeds = 0\n{CONDITION}"), vec!["line 4", "a number of seeds"]),
            (CONDITION.replace("\"a\"", "\"a\\u0001b\""), vec!["line 4", "U+0001", "one line"]),
            (format!("x_label = \"a\\nb\"\n{CONDITION}"), vec!["line 3", "U+000A"]),
            (CONDITION.replace("label =", "tick = \"\\u000b\"\nlabel ="), vec!["line 4", "U+000B"]),
        ] {
            let message = with(&lines).and_then(|file| file.resolve(None, &[])).unwrap_err().to_string();
            for part in parts {
                assert!(message.contains(part), "`{part}` is not in:\n{message}");
            }
        }
    }

    #[test]
    fn an_experiment_beyond_all_measure_is_refused_before_its_runs_are_listed() {
        let many = "[settings]\nseeds = 10000\n[[conditions]]\nlabel = \"a\"\nfrom = {}\ntasks = 1000\n";
        let message = with(many).unwrap().resolve(None, &[]).unwrap_err().to_string();
        assert!(message.contains("30030000 tasks") && message.contains("fewer seeds"), "{message}");
        let long = CONDITION.replace("\"a\"", &format!("\"{}\"", "{lr}".repeat(3000)));
        let message = with(&long).unwrap().resolve(None, &[]).unwrap_err().to_string();
        assert!(message.contains("36000 characters") && message.len() < 200, "{message}");
    }

    #[test]
    fn runs_are_the_baseline_and_then_the_conditions() {
        let file =
            with(&format!("[settings]\ndatasets = [\"mnist\"]\nseeds = 3\nbaseline_seeds = 2\n{CONDITION}")).unwrap();
        let runs = file.resolve(None, &[]).unwrap().runs();
        let labels: Vec<_> = runs.iter().map(|r| (r.condition.as_str(), r.seed)).collect();
        assert_eq!(labels, [("baseline", 0), ("baseline", 1), ("a", 0), ("a", 1), ("a", 2)]);
        assert_eq!((runs[0].path.len(), runs[2].path.len()), (1, 2));
        // As many as of a condition, unless a file says otherwise.
        let file = with(&format!("[settings]\ndatasets = [\"mnist\"]\nseeds = \"2..6\"\n{CONDITION}")).unwrap();
        assert_eq!(file.resolve(None, &[]).unwrap().settings.baseline_seeds.0, [2, 3, 4, 5]);
    }

    #[test]
    fn no_more_blocks_are_reset_than_there_are() {
        let blocks = |count: usize| {
            let reset = format!("interventions = [{{ reset_last = {{ blocks = {count} }} }}]");
            let text = format!("[[conditions]]\nlabel = \"a\"\npath = [{{ blur = 0.5 }}, {{ {reset} }}]\n");
            with(&text).unwrap().resolve(None, &[]).map_err(|error| error.to_string())
        };
        assert!(blocks(9).is_ok());
        let message = blocks(10).unwrap_err();
        assert!(message.contains("resets 10 blocks") && message.contains("ResNet-18 has 9"), "{message}");
    }
}
