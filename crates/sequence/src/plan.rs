//! What has to be trained for an experiment: a prefix tree of stages, in which paths that begin alike share their beginning.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use paths::{DataSelection, DatasetName, Experiment, Genesis, ModelSpec, Numerics, Run, StageContext, StageId, Step};

/// One training: a step taken from where its parent ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Hash of everything that determines the result.
    pub id: StageId,
    /// Index in [`Plan::stages`] of the stage before; `None` where the model is freshly initialised.
    pub parent: Option<usize>,
    /// The network.
    pub model: ModelSpec,
    /// Interventions, task and learning process.
    pub step: Step,
    /// Seed of the path.
    pub seed: u64,
    /// The images.
    pub data: DataSelection,
    /// How many steps of the path came before.
    pub position: usize,
    /// How many more stages the longest path through this one has.
    pub remaining: usize,
}

/// A run and the stages it goes through.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRun {
    /// The run.
    pub run: Run,
    /// Indices in [`Plan::stages`], in the order of the path.
    pub stages: Vec<usize>,
}

/// The stages of an experiment, each once, parents before children.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Names the experiment and its scale.
    pub name: String,
    /// Every stage.
    pub stages: Vec<Stage>,
    /// Every run.
    pub runs: Vec<PlannedRun>,
    /// The arithmetic of all stages.
    pub numerics: Numerics,
    /// Measures to be taken besides those that every stage takes, by name or identity. They change no stage's identity.
    pub measures: Vec<String>,
}

impl Plan {
    /// Plans every run of `experiment`.
    pub fn new(experiment: &Experiment) -> Self {
        let settings = &experiment.settings;
        let mut plan = Self {
            name: experiment
                .scale
                .iter()
                .fold(experiment.name.clone(), |name, scale| format!("{name} at {scale} scale")),
            stages: Vec::new(),
            runs: Vec::new(),
            numerics: settings.numerics(),
            measures: experiment.measures.clone(),
        };
        let fingerprints: HashMap<DatasetName, String> =
            experiment.datasets().into_iter().map(|dataset| (dataset, datasets::fingerprint(dataset))).collect();
        let mut index = HashMap::new();
        for run in experiment.runs() {
            plan.add(run, &fingerprints, &mut index);
        }
        plan
    }

    /// Stages that sharing saves: the steps of all runs, less the stages to train.
    pub fn shared(&self) -> usize {
        self.runs.iter().map(|run| run.stages.len()).sum::<usize>() - self.stages.len()
    }

    /// For each stage, the stages that begin where it ends.
    pub fn children(&self) -> Vec<Vec<usize>> {
        let mut children = vec![Vec::new(); self.stages.len()];
        for (index, stage) in self.stages.iter().enumerate() {
            if let Some(parent) = stage.parent {
                children[parent].push(index);
            }
        }
        children
    }

    fn add(&mut self, run: Run, fingerprints: &HashMap<DatasetName, String>, index: &mut HashMap<StageId, usize>) {
        let genesis = StageId::of_genesis(&Genesis {
            model: &run.model,
            channels: run.dataset.channels(),
            seed: run.seed,
            numerics: &self.numerics,
        });
        let (mut id, mut parent) = (genesis, None);
        let mut stages = Vec::with_capacity(run.path.len());
        for (position, step) in run.path.iter().enumerate() {
            let dataset_fingerprint = &fingerprints[&step.task.dataset];
            id = id.child(step, &StageContext { dataset_fingerprint, data: &run.data, position });
            let remaining = run.path.len() - 1 - position;
            let at = match index.entry(id) {
                Entry::Occupied(known) => {
                    let at = *known.get();
                    self.stages[at].remaining = self.stages[at].remaining.max(remaining);
                    at
                }
                Entry::Vacant(new) => {
                    let (model, step, data) = (run.model.clone(), step.clone(), run.data.clone());
                    self.stages.push(Stage { id, parent, model, step, seed: run.seed, data, position, remaining });
                    *new.insert(self.stages.len() - 1)
                }
            };
            stages.push(at);
            parent = Some(at);
        }
        self.runs.push(PlannedRun { run, stages });
    }
}
