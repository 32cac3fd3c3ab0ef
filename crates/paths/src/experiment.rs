//! An experiment with every setting decided, and the runs it stands for.

use crate::step_form::StepForm;
use crate::{Condition, DataSelection, DatasetName, Drawing, Factors, LearningPath, ModelSpec, Settings};

/// An experiment at one scale, with every setting decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Names the figure's and the report's files: lower-case letters, digits and hyphens.
    pub name: String,
    /// The figure's title.
    pub title: String,
    /// What the conditions differ in: the title of the figure's x axis.
    pub x_label: String,
    /// How the figure is drawn.
    pub figure: Drawing,
    /// The scale whose settings were taken; `None` where the file has no scales.
    pub scale: Option<String>,
    /// The settings of every step that does not say otherwise.
    pub settings: Settings,
    /// The target task alone, unless the file says otherwise.
    pub baseline: Condition,
    /// The same with each of the other networks.
    pub other_baselines: Vec<Condition>,
    /// The labelled paths, in the figure's order: those of the settings' network, and then those of each other.
    pub conditions: Vec<Condition>,
    /// Measures to be taken besides those that every stage takes, by name, such as "sharpness".
    pub measures: Vec<String>,
}

/// One learning path to be followed from one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The dataset of its panel.
    pub dataset: DatasetName,
    /// The label of its condition, or the baseline's.
    pub condition: String,
    /// What its condition is.
    pub factors: Factors,
    /// The network.
    pub model: ModelSpec,
    /// Seed of the initial weights and of the order of the images.
    pub seed: u64,
    /// The images.
    pub data: DataSelection,
    /// The steps.
    pub path: LearningPath,
}

impl Experiment {
    /// Tasks of all runs together.
    pub(crate) fn tasks(&self) -> usize {
        let conditions: usize = self.conditions.iter().map(|condition| condition.steps.len()).sum();
        let baselines: usize = self.baselines().map(|baseline| baseline.steps.len()).sum();
        let settings = &self.settings;
        let of_dataset = (settings.seeds.0.len().saturating_mul(conditions))
            .saturating_add(settings.baseline_seeds.0.len().saturating_mul(baselines));
        settings.datasets.len().saturating_mul(of_dataset)
    }

    /// The baselines, that of the settings' network first.
    pub fn baselines(&self) -> impl Iterator<Item = &Condition> {
        std::iter::once(&self.baseline).chain(&self.other_baselines)
    }

    /// The baseline with the network of `condition`.
    pub fn baseline_of(&self, condition: &Condition) -> &Condition {
        self.other_baselines.iter().find(|baseline| baseline.network == condition.network).unwrap_or(&self.baseline)
    }

    /// The networks that conditions are about, that of the settings first.
    pub fn models(&self) -> Vec<ModelSpec> {
        self.baselines().map(|baseline| baseline.model(&self.settings)).collect()
    }

    /// The datasets that tasks are about.
    pub fn datasets(&self) -> Vec<DatasetName> {
        let mut datasets = self.settings.datasets.clone();
        let steps = self.baselines().chain(&self.conditions).flat_map(|condition| &condition.steps);
        for dataset in steps.filter_map(StepForm::dataset) {
            if !datasets.contains(&dataset) {
                datasets.push(dataset);
            }
        }
        datasets
    }

    /// Every run: for each dataset the baselines' seeds, then each condition's.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &dataset in &self.settings.datasets {
            let baselines = self.baselines().map(|c| (c, true, &self.settings.baseline_seeds));
            let conditions = self.conditions.iter().map(|c| (c, false, &self.settings.seeds));
            for (condition, is_baseline, seeds) in baselines.chain(conditions) {
                let path = condition.path(dataset, &self.settings);
                let model = condition.model(&self.settings);
                let usual = condition.settings(&self.settings).process();
                let factors = Factors::of(condition, is_baseline, model.network, &path, &usual);
                runs.extend(seeds.0.iter().map(|&seed| Run {
                    dataset,
                    condition: condition.label.clone(),
                    factors: factors.clone(),
                    model: model.clone(),
                    seed,
                    data: self.settings.data(seed),
                    path: path.clone(),
                }));
            }
        }
        runs
    }
}
