//! Experiment files: what they may say, how a scale and the command line overlay them, and the runs they stand for.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Condition, DatasetName, LearningPath, Settings, SettingsPatch};

/// An experiment file as written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentFile {
    name: String,
    title: String,
    #[serde(default = "default_x_label")]
    x_label: String,
    #[serde(default)]
    settings: SettingsPatch,
    #[serde(default)]
    scale: BTreeMap<String, SettingsPatch>,
    reference: Option<String>,
    #[serde(default = "default_baseline")]
    baseline: Condition,
    conditions: Vec<Condition>,
}

/// An experiment at one scale, with every setting decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Names the figure's and the report's files: lower-case letters, digits and hyphens.
    pub name: String,
    /// The figure's title.
    pub title: String,
    /// What the conditions differ in: the title of the figure's x axis.
    pub x_label: String,
    /// The scale whose settings were taken; `None` where the file has no scales.
    pub scale: Option<String>,
    /// The settings of every step that does not say otherwise.
    pub settings: Settings,
    /// The condition that the others are compared with; the first one unless the file says otherwise.
    pub reference: String,
    /// The target task alone, unless the file says otherwise.
    pub baseline: Condition,
    /// The labelled paths, in the figure's order.
    pub conditions: Vec<Condition>,
}

/// One learning path to be followed from one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The dataset of its panel.
    pub dataset: DatasetName,
    /// The label of its condition, or the baseline's.
    pub condition: String,
    /// Seed of the initial weights and of the order of the images.
    pub seed: u64,
    /// The steps.
    pub path: LearningPath,
}

/// Why an experiment could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The text is not an experiment; the message shows line, key and what is allowed.
    #[error("{0}")]
    Text(String),
    /// The scale is not in the file.
    #[error("unknown scale `{asked}`; {}", allowed_scales(.allowed))]
    Scale {
        /// What was asked for.
        asked: String,
        /// The scales of the file.
        allowed: Vec<String>,
    },
    /// What followed `--set` is not a setting with a possible value.
    #[error("{0}")]
    Set(String),
}

impl ExperimentFile {
    /// Reads an experiment file.
    ///
    /// # Errors
    /// [`ExperimentError::Text`] shows the line and says what is allowed there.
    pub fn parse(text: &str) -> Result<Self, ExperimentError> {
        let file: Self = toml::from_str(text).map_err(|e| ExperimentError::Text(e.to_string().trim_end().to_owned()))?;
        file.check().map_err(ExperimentError::Text)?;
        Ok(file)
    }

    /// The scales that the file has settings for.
    pub fn scales(&self) -> impl Iterator<Item = &str> {
        self.scale.keys().map(String::as_str)
    }

    /// Decides every setting: the paper's, overlaid by the file's, by those of `scale`, and by `patches` in order.
    ///
    /// # Errors
    /// [`ExperimentError::Scale`] where the file has no such scale.
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
        Ok(Experiment {
            name: self.name.clone(),
            title: self.title.clone(),
            x_label: self.x_label.clone(),
            scale: scale.map(str::to_owned),
            settings,
            reference: self.reference.clone().unwrap_or_else(|| self.conditions[0].label.clone()),
            baseline: self.baseline.clone(),
            conditions: self.conditions.clone(),
        })
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(plain) {
            return Err(format!(
                "name = \"{}\": a name is 1 to 64 lower-case letters, digits and hyphens, as it names files",
                self.name
            ));
        }
        if self.conditions.is_empty() {
            return Err("the experiment has no conditions; write at least one [[conditions]] table".into());
        }
        let mut seen = vec![self.baseline.label.as_str()];
        for condition in &self.conditions {
            if seen.contains(&condition.label.as_str()) {
                return Err(format!("two conditions are labelled \"{}\"; labels must differ", condition.label));
            }
            seen.push(&condition.label);
        }
        match &self.reference {
            Some(reference) if !self.conditions.iter().any(|c| c.label == *reference) => {
                Err(format!("reference = \"{reference}\" is not the label of a condition"))
            }
            _ => Ok(()),
        }
    }
}

impl SettingsPatch {
    /// Reads `key=value` as `--set` takes it. Quotes around text may be left out.
    ///
    /// # Errors
    /// [`ExperimentError::Set`] names the key and says what is allowed.
    pub fn parse_assignment(given: &str) -> Result<Self, ExperimentError> {
        let refuse = ExperimentError::Set;
        let (key, value) =
            given.split_once('=').ok_or_else(|| refuse("expected key=value, for example lr=0.01".into()))?;
        let (key, value) = (key.trim(), value.trim());
        if !Settings::KEYS.contains(&key) {
            return Err(refuse(format!("unknown setting `{key}`; allowed: {}", Settings::KEYS.join(", "))));
        }
        let as_written = toml::from_str(&format!("{key} = {value}"));
        let parsed = as_written.or_else(|e| {
            // Only a bare word is given the quotes it lacks: anything else keeps the message about what was written.
            let bare = value.starts_with(|c: char| c.is_ascii_alphanumeric()) && !value.contains(['"', '\n']);
            match bare.then(|| toml::from_str(&format!("{key} = \"{value}\""))) {
                Some(Ok(patch)) => Ok(patch),
                Some(Err(quoted)) if toml::from_str::<toml::Table>(&format!("{key} = {value}")).is_err() => Err(quoted),
                _ => Err(e),
            }
        });
        parsed.map_err(|e: toml::de::Error| refuse(e.message().to_owned()))
    }
}

impl Experiment {
    /// Every run: for each dataset the baseline's seeds, then each condition's.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &dataset in &self.settings.datasets {
            let baseline = (&self.baseline, &self.settings.baseline_seeds);
            let conditions = self.conditions.iter().map(|c| (c, &self.settings.seeds));
            for (condition, seeds) in std::iter::once(baseline).chain(conditions) {
                let path = condition.path(dataset, &self.settings);
                runs.extend(seeds.0.iter().map(|&seed| Run {
                    dataset,
                    condition: condition.label.clone(),
                    seed,
                    path: path.clone(),
                }));
            }
        }
        runs
    }
}

fn default_x_label() -> String {
    "condition".into()
}

fn default_baseline() -> Condition {
    Condition { label: "baseline".into(), steps: vec![Default::default()] }
}

fn allowed_scales(scales: &[String]) -> String {
    if scales.is_empty() { "this experiment has no scales".into() } else { format!("allowed: {}", scales.join(", ")) }
}
