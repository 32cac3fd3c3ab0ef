//! A condition as an experiment file writes it, and the learning path it stands for.

use std::borrow::Cow;

use serde::Deserialize;

use crate::route::{Order, path_name, route};
use crate::step_form::StepForm;
use crate::{
    DatasetName, Intervention, LearningPath, ModelSpec, NetworkName, OtherNetwork, Settings, Transform, values,
};

/// A labelled learning path, not yet bound to a dataset.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ConditionForm")]
pub struct Condition {
    /// Names the condition in tables, unique in an experiment. `{lr}` in it stands for the learning rates of the path, `{n}`
    /// for its number of tasks, `{x}` for its place on x.
    pub label: String,
    /// The row of panels it is drawn in; conditions without one share a row.
    pub row: Option<String>,
    /// The panel of its row that it is drawn in, where a row has several besides those of the datasets (Figure 5).
    pub panel: Option<String>,
    /// What stands under the violin instead of the label.
    pub tick: Option<String>,
    /// The line that it is a point of, where conditions are points of lines over a number; the label without its number where the file
    /// names none.
    pub line: String,
    /// Its place on x: the number that its table lists for it, or says.
    pub x: Option<f64>,
    /// Whether its table lists several numbers of tasks, of which this has one.
    pub is_of_several_lengths: bool,
    /// The network, where it is not that of the settings.
    pub network: Option<OtherNetwork>,
    /// The name of the path, the same for every number of tasks: the components that it removes, in the order in which it does,
    /// such as "blur", "blur then contrast" or "blur and contrast" (together); "standard" where there are none.
    pub route: String,
    /// The tasks in order.
    pub steps: Vec<StepForm>,
}

/// One `[[conditions]]` table: a condition, or one for each number that it lists, of tasks or in a task.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ConditionForm")]
pub(crate) struct Family(pub Vec<Condition>);

/// The two ways to write a path: step by step, or from a source to a target in a number of tasks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionForm {
    #[serde(deserialize_with = "values::text")]
    label: String,
    #[serde(default, deserialize_with = "values::some_text")]
    row: Option<String>,
    #[serde(default, deserialize_with = "values::some_text")]
    panel: Option<String>,
    #[serde(default, deserialize_with = "values::some_text")]
    tick: Option<String>,
    #[serde(default, deserialize_with = "values::some_text")]
    line: Option<String>,
    x: Option<f64>,
    path: Option<Vec<StepForm>>,
    from: Option<Transform>,
    to: Option<Transform>,
    tasks: Option<values::TaskCounts>,
    order: Option<Order>,
}

impl TryFrom<ConditionForm> for Condition {
    type Error = String;

    fn try_from(form: ConditionForm) -> Result<Self, String> {
        let Family(mut conditions) = Family::try_from(form)?;
        match (conditions.pop(), conditions.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err("the baseline is one path; write one number where it has a list".into()),
        }
    }
}

impl TryFrom<ConditionForm> for Family {
    type Error = String;

    fn try_from(form: ConditionForm) -> Result<Self, String> {
        let label = form.label;
        if label.trim().is_empty() {
            return Err("a condition's `label` is empty".into());
        }
        let (paths, route): (Vec<Path>, String) = match (form.path, form.from, form.tasks) {
            (Some(_), from, tasks)
                if from.is_some() || tasks.is_some() || form.to.is_some() || form.order.is_some() =>
            {
                return Err(format!(
                    "condition \"{label}\" has both `path` and `from`/`to`/`tasks`/`order`; write one of the two"
                ));
            }
            (Some(steps), _, _) if steps.is_empty() => {
                return Err(format!("condition \"{label}\" has an empty `path`"));
            }
            (Some(steps), _, _) => {
                let paths = each_of_lists(&label, &steps)?;
                let route = path_name(&transforms(&paths[0].0), &Order::Diagonal);
                (paths, route)
            }
            (None, Some(from), Some(tasks)) => {
                let (to, order) = (form.to.unwrap_or_default(), form.order.unwrap_or_default());
                if tasks.0.len() > 1 && !label.contains("{n}") {
                    return Err(format!(
                        "condition \"{label}\" has several numbers of `tasks`; write {{n}} into its label, which stands for the \
                         number"
                    ));
                }
                let path = |&n: &usize| (route(&from, &to, n, &order).into_iter().map(StepForm::from).collect(), None);
                (tasks.0.iter().map(path).collect(), path_name(&[from, to], &order))
            }
            _ => return Err(format!("condition \"{label}\" needs either `path` or both `from` and `tasks`")),
        };
        if paths.iter().flat_map(|path| &path.0).any(StepForm::has_two_rates) {
            return Err(format!(
                "condition \"{label}\" sets both `lr` and `lr_factor` in one task; write one of the two"
            ));
        }
        if form.x.is_none() && paths.iter().all(|path| path.1.is_none()) && label.contains("{x}") {
            return Err(format!(
                "condition \"{label}\" has {{x}} in its label and no number that it stands for: a list in a task, or `x`"
            ));
        }
        if form.x.is_some() && paths.iter().any(|path| path.1.is_some()) {
            return Err(format!(
                "condition \"{label}\" says `x` and has a list, which says it too; write one of the two"
            ));
        }
        if form.x.is_some_and(|x| !x.is_finite()) {
            return Err(format!("condition \"{label}\" has an `x` that is no finite number"));
        }
        let is_of_several_lengths = paths.iter().any(|path| path.0.len() != paths[0].0.len());
        let line = form.line.unwrap_or_else(|| label.replace("{x}", "x").replace("{n}", "N"));
        let condition = |(steps, level): Path| {
            let x = level.or(form.x);
            let numbered = |text: &str| {
                let text = text.replace("{n}", &steps.len().to_string());
                x.map_or(text.clone(), |x| text.replace("{x}", &x.to_string()))
            };
            Condition {
                label: numbered(&label),
                row: form.row.clone(),
                panel: form.panel.clone(),
                tick: form.tick.as_deref().map(numbered),
                line: line.clone(),
                x,
                is_of_several_lengths,
                network: None,
                route: route.clone(),
                steps,
            }
        };
        Ok(Self(paths.into_iter().map(condition).collect()))
    }
}

/// The tasks of a condition, and the number that it has of a list.
type Path = (Vec<StepForm>, Option<f64>);

/// The path of each number of the lists in `steps`, with the first of its numbers; the path itself where there is no list. Lists go
/// together: the first number of each is one path, the second another.
fn each_of_lists(label: &str, steps: &[StepForm]) -> Result<Vec<Path>, String> {
    let lists: Vec<(&str, usize)> = steps.iter().flat_map(StepForm::lists).collect();
    let Some(&(first, length)) = lists.first() else { return Ok(vec![(steps.to_vec(), None)]) };
    if let Some((key, other)) = lists.iter().find(|list| list.1 != length) {
        return Err(format!(
            "condition \"{label}\" lists {length} numbers of `{first}` and {other} of `{key}`; lists of one condition go together \
             and have one length"
        ));
    }
    if length > 1 && !label.contains("{x}") {
        return Err(format!(
            "condition \"{label}\" lists several numbers of `{first}`; write {{x}} into its label, which stands for the number"
        ));
    }
    let path = |at: usize| {
        let picked: Vec<(StepForm, Option<f64>)> = steps.iter().map(|step| step.pick(at)).collect();
        let level = picked.iter().find_map(|step| step.1);
        (picked.into_iter().map(|step| step.0).collect(), level)
    };
    Ok((0..length).map(path).collect())
}

fn transforms(steps: &[StepForm]) -> Vec<Transform> {
    steps.iter().map(StepForm::transform).collect()
}

impl Condition {
    /// The target task alone: the baseline where a file names no other.
    pub(crate) fn target_alone() -> Self {
        Self {
            label: "baseline".into(),
            row: None,
            panel: None,
            tick: None,
            line: "baseline".into(),
            x: None,
            is_of_several_lengths: false,
            network: None,
            route: path_name(&[Transform::STANDARD], &Order::Diagonal),
            steps: vec![StepForm::default()],
        }
    }

    /// This condition with `{lr}` in its label replaced by its learning rates under `settings`, such as "(1e-3, 2e-3)".
    pub(crate) fn labelled(&self, settings: &Settings) -> Self {
        let settings = self.settings(settings);
        let rates: Vec<String> = self.steps.iter().map(|step| format!("{:e}", step.lr(&settings))).collect();
        let named = |text: &str| text.replace("{lr}", &format!("({})", rates.join(", ")));
        Self { label: named(&self.label), line: named(&self.line), ..self.clone() }
    }

    /// The row of panels of this condition with `network`, where each network has its own.
    pub(crate) fn row_of(&self, network: NetworkName) -> String {
        let title = network.title();
        self.row.as_ref().map_or_else(|| title.to_owned(), |row| format!("{row}, {title}"))
    }

    /// The same with another network than that of the settings, which its label and its row say.
    pub(crate) fn of_network(&self, network: OtherNetwork) -> Self {
        let title = network.network.title();
        Self {
            label: format!("{}, {title}", self.label),
            row: Some(self.row_of(network.network)),
            tick: Some(self.tick().to_owned()),
            network: Some(network),
            ..self.clone()
        }
    }

    /// Refuses a task whose dataset has images of another shape than that of a panel.
    pub(crate) fn check_datasets(&self, panels: &[DatasetName]) -> Result<(), String> {
        let shape = |dataset: DatasetName| format!("{0}×{0}×{1}", dataset.image_size(), dataset.channels());
        if let Some(last) = self.steps.last().and_then(StepForm::dataset)
            && let Some(panel) = panels.iter().find(|panel| **panel != last)
        {
            return Err(format!(
                "condition \"{}\" ends on {last} in a panel of {panel}: results are on the panel's standard test images; name the \
                 dataset of the last task in `datasets`, and others in the tasks before",
                self.label
            ));
        }
        for other in self.steps.iter().filter_map(StepForm::dataset) {
            if let Some(panel) = panels.iter().find(|panel| shape(**panel) != shape(other)) {
                return Err(format!(
                    "condition \"{}\" has a task on {other}, whose images are {}, beside {panel}, whose images are {}: one network \
                     cannot learn both; name other `datasets` or another `dataset`",
                    self.label,
                    shape(other),
                    shape(*panel),
                ));
            }
        }
        Ok(())
    }

    /// Refuses an intervention that asks for more than the network has.
    pub(crate) fn check_interventions(&self, settings: &Settings) -> Result<(), String> {
        let network = self.model(settings).network;
        let asked = self.steps.iter().flat_map(StepForm::interventions).filter_map(|intervention| match intervention {
            Intervention::ResetLast(reset) => Some(reset.blocks),
            _ => None,
        });
        match asked.max().filter(|&blocks| blocks > network.blocks()) {
            None => Ok(()),
            Some(blocks) => Err(format!(
                "condition \"{}\" resets {blocks} blocks before the classifier, and {} has {}; name as many or fewer",
                self.label,
                network.title(),
                network.blocks()
            )),
        }
    }

    /// What stands under the violin.
    pub fn tick(&self) -> &str {
        self.tick.as_deref().unwrap_or(&self.label)
    }

    /// Where it lies among the others of its line: at the number that its table lists or says, or at that of its tasks.
    pub fn place(&self) -> Option<f64> {
        self.x.or_else(|| self.is_of_several_lengths.then_some(self.steps.len() as f64))
    }

    /// The network that it is about.
    pub fn model(&self, settings: &Settings) -> ModelSpec {
        match self.network {
            None => settings.model(),
            Some(OtherNetwork { network, width, init, .. }) => ModelSpec {
                network,
                width: width.of(network),
                stem: settings.stem,
                init: init.unwrap_or(settings.init),
            },
        }
    }

    /// `settings`, with the learning rate of its network.
    pub(crate) fn settings<'a>(&self, settings: &'a Settings) -> Cow<'a, Settings> {
        match self.network.and_then(|network| network.lr) {
            Some(lr) => Cow::Owned(Settings { lr, ..settings.clone() }),
            None => Cow::Borrowed(settings),
        }
    }

    /// What the tasks make of their datasets, in order.
    pub fn transforms(&self) -> Vec<Transform> {
        transforms(&self.steps)
    }

    /// The learning path of this condition on `dataset`, with `settings` where a step says nothing.
    pub fn path(&self, dataset: DatasetName, settings: &Settings) -> LearningPath {
        let settings = self.settings(settings);
        self.steps.iter().map(|step| step.bind(dataset, &settings)).collect()
    }
}
