//! What a condition is, as numbers and words that tables can be searched by.

use serde::Serialize;

use crate::{Condition, DatasetName, Intervention, LearningPath, LearningProcess, NetworkName, Step, Transform};

/// What a run's condition is, apart from its label: the columns by which statistics tell conditions apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Factors {
    /// Whether it is the experiment's baseline.
    pub is_baseline: bool,
    /// The network.
    pub network: NetworkName,
    /// The name of the path, the same for every number of tasks ([`Condition::route`]).
    pub path: String,
    /// The line of conditions that it is a point of, and its place on it, where it has one ([`Condition::line`], [`Condition::x`]).
    pub line: Option<(String, f64)>,
    /// Number of tasks.
    pub tasks: usize,
    /// Learning rate of the first task.
    pub lr_1: f64,
    /// Learning rate of the last task.
    pub lr_2: f64,
    /// What a bias reset adds before the first task; 0 where there is none.
    pub bias_reset_first: f64,
    /// What a bias reset adds before the last task; 0 where there is none.
    pub bias_reset_last: f64,
    /// What else the first task is: of its dataset, transformation and learning process what is not usual and no other factor says, such as
    /// "noise 0.3, weight_decay 0"; empty for nothing.
    pub source_settings: String,
    /// The same of the last task.
    pub target_settings: String,
    /// The transformation of the first task.
    pub source: Transform,
    /// The transformation of the last task.
    pub target: Transform,
    /// Every intervention with the number of its task, such as "1: bias_reset 0.01; 2: bias_reset 0.01", and every schedule and
    /// augmentation that is not that of the settings; empty without any.
    pub interventions: String,
}

impl Factors {
    /// The factors of `condition`, whose path on some dataset is `path`, beside the `usual` learning process.
    ///
    /// # Panics
    /// Where `path` is empty.
    pub fn of(
        condition: &Condition,
        is_baseline: bool,
        network: NetworkName,
        path: &LearningPath,
        usual: &LearningProcess,
    ) -> Self {
        let (first, last) = (&path[0], &path[path.len() - 1]);
        let interventions: Vec<String> = path
            .iter()
            .zip(1..)
            .flat_map(|(step, task)| {
                let changes = step.interventions.iter().map(ToString::to_string);
                let Step { process: LearningProcess { schedule, augmentation, .. }, .. } = step;
                let schedule = (*schedule != usual.schedule).then(|| format!("schedule {schedule}"));
                let augmentation = (*augmentation != usual.augmentation).then(|| augmentation.to_string());
                changes.chain(schedule).chain(augmentation).map(move |change| format!("{task}: {change}"))
            })
            .collect();
        Self {
            is_baseline,
            network,
            path: condition.route.clone(),
            line: condition.x.map(|x| (condition.line.clone(), x)),
            tasks: path.len(),
            lr_1: first.process.lr,
            lr_2: last.process.lr,
            bias_reset_first: bias_reset(first),
            bias_reset_last: bias_reset(last),
            source_settings: settings(first, last.task.dataset, usual),
            target_settings: settings(last, last.task.dataset, usual),
            source: first.task.transform,
            target: last.task.transform,
            interventions: interventions.join("; "),
        }
    }
}

/// What is not usual of a task, beside blur, contrast, shift, learning rate, schedule and augmentation.
fn settings(step: &Step, dataset: DatasetName, usual: &LearningProcess) -> String {
    let Step { task, process, .. } = step;
    let mut found: Vec<String> = Vec::new();
    if task.dataset != dataset {
        found.push(task.dataset.to_string());
    }
    let rest = Transform {
        blur: Transform::STANDARD.blur,
        contrast: Transform::STANDARD.contrast,
        shift: Transform::STANDARD.shift,
        ..task.transform
    };
    if !rest.is_standard() {
        found.push(rest.to_string());
    }
    let mut differs = |name: &str, own: String, usual: String| {
        if own != usual {
            found.push(format!("{name} {own}"));
        }
    };
    differs("momentum", process.momentum.to_string(), usual.momentum.to_string());
    differs("weight_decay", process.weight_decay.to_string(), usual.weight_decay.to_string());
    differs("batch_size", process.batch_size.to_string(), usual.batch_size.to_string());
    differs("max_epochs", process.max_epochs.to_string(), usual.max_epochs.to_string());
    differs("patience", process.patience.to_string(), usual.patience.to_string());
    differs("carry", format!("{:?}", process.carry).to_lowercase(), format!("{:?}", usual.carry).to_lowercase());
    found.join(", ")
}

fn bias_reset(step: &Step) -> f64 {
    let amount = |intervention: &Intervention| match intervention {
        Intervention::BiasReset(reset) => Some(reset.amount),
        _ => None,
    };
    // An empty sum of floats would be written as −0.
    step.interventions.iter().filter_map(amount).fold(0.0, |sum, amount| sum + amount)
}

#[cfg(test)]
mod tests {
    use crate::ExperimentFile;

    #[test]
    fn what_no_other_factor_says_of_the_first_and_the_last_task_is_told() {
        let text = "name = \"t\"\ntitle = \"t\"\nsettings = { datasets = [\"mnist\"], seeds = 1, baseline_seeds = 1 }\n\
             conditions = [{ label = \"a\", path = [\n\
             { dataset = \"fashion-mnist\", noise = 0.5, blur = 0.25, carry = \"last\" },\n\
             { weight_decay = 0, lr_factor = 2, augmentation = \"crop\", schedule = { cosine = { floor = 0.5 } } }] }]\n";
        let runs = ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap().runs();
        let factors = &runs[1].factors;
        assert_eq!(factors.source_settings, "fashion-mnist, noise 0.5, carry last");
        assert_eq!(factors.target_settings, "weight_decay 0");
        assert_eq!(factors.interventions, "2: schedule cosine to 0.5; 2: random crops");
        assert_eq!((runs[0].factors.source_settings.as_str(), runs[0].factors.target_settings.as_str()), ("", ""));
    }

    #[test]
    fn conditions_are_told_apart_by_what_they_are() {
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\nbaseline_seeds = 1\n\
             [baseline]\nlabel = \"sharp only\"\npath = [{}]\n\
             [[conditions]]\nlabel = \"BN=0\"\npath = [{ blur = 0.25, bias_reset = 0.01 }, { lr_factor = 2 }]\n\
             [[conditions]]\nlabel = \"a {n}\"\nfrom = { blur = 0.25, contrast = 0.1 }\norder = [\"contrast\", \"blur\"]\n\
             tasks = [2, 3]\n\
             [[conditions]]\nlabel = \"b\"\nfrom = { blur = 0.25, shift = 0.25 }\ntasks = 3\n";
        let runs = ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap().runs();
        let factors: Vec<_> = runs.iter().map(|run| &run.factors).collect();
        let paths: Vec<_> = factors.iter().map(|f| (f.path.as_str(), f.tasks, f.is_baseline)).collect();
        assert_eq!(
            paths,
            [
                ("standard", 1, true),
                ("blur", 2, false),
                ("contrast then blur", 2, false),
                ("contrast then blur", 3, false),
                ("blur and shift", 3, false)
            ]
        );
        let reset = factors[1];
        assert_eq!((reset.lr_1, reset.lr_2), (1e-3, 2e-3));
        assert_eq!((reset.bias_reset_first, reset.bias_reset_last), (0.01, 0.0));
        assert_eq!(reset.interventions, "1: bias_reset 0.01");
        assert_eq!((reset.source.blur, reset.target.blur), (0.25, 1.0));
    }
}
