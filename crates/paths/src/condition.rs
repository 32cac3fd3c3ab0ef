//! A condition as an experiment file writes it, and the learning path it stands for.

use serde::Deserialize;

use crate::route::{Order, path_name, route};
use crate::{DatasetName, Intervention, LearningPath, Settings, Step, Task, Transform, values};

/// A labelled learning path, not yet bound to a dataset.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ConditionForm")]
pub struct Condition {
    /// Names the condition in tables, unique in an experiment. `{lr}` in it stands for the learning rates of the path, `{n}`
    /// for its number of tasks.
    pub label: String,
    /// The row of panels it is drawn in; conditions without one share a row.
    pub row: Option<String>,
    /// The panel of its row that it is drawn in, where a row has several besides those of the datasets (Figure 5).
    pub panel: Option<String>,
    /// What stands under the violin instead of the label.
    pub tick: Option<String>,
    /// The name of the path, the same for every number of tasks: the components that it removes, in the order in which it does,
    /// such as "blur", "blur then contrast" or "blur and contrast" (together); "standard" where there are none.
    pub route: String,
    /// The tasks in order.
    pub steps: Vec<StepForm>,
}

/// One `[[conditions]]` table: a condition, or one for each number of tasks it lists.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ConditionForm")]
pub(crate) struct Family(pub Vec<Condition>);

/// One task of a condition: a transformation, and what differs from the experiment's settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    #[serde(deserialize_with = "values::some_blur")]
    blur: Option<f64>,
    #[serde(deserialize_with = "values::some_contrast")]
    contrast: Option<f64>,
    #[serde(deserialize_with = "values::some_shift")]
    shift: Option<f64>,
    #[serde(deserialize_with = "values::some_lr")]
    lr: Option<f64>,
    #[serde(deserialize_with = "values::some_factor")]
    lr_factor: Option<f64>,
    #[serde(deserialize_with = "values::some_count")]
    max_epochs: Option<usize>,
    #[serde(deserialize_with = "values::some_patience")]
    patience: Option<usize>,
    #[serde(deserialize_with = "values::some_amount")]
    bias_reset: Option<f64>,
    /// Done to the model before the task, in this order, after the bias reset where there is one.
    interventions: Vec<Intervention>,
}

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
            _ => Err("the baseline is one path; write one number of `tasks`".into()),
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
        let (paths, route): (Vec<Vec<StepForm>>, String) = match (form.path, form.from, form.tasks) {
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
                let route = path_name(&steps.iter().map(StepForm::transform).collect::<Vec<_>>(), &Order::Diagonal);
                (vec![steps], route)
            }
            (None, Some(from), Some(tasks)) => {
                let (to, order) = (form.to.unwrap_or_default(), form.order.unwrap_or_default());
                if tasks.0.len() > 1 && !label.contains("{n}") {
                    return Err(format!(
                        "condition \"{label}\" has several numbers of `tasks`; write {{n}} into its label, which stands for the \
                         number"
                    ));
                }
                let path = |&n: &usize| route(&from, &to, n, &order).into_iter().map(StepForm::from).collect();
                (tasks.0.iter().map(path).collect(), path_name(&[from, to], &order))
            }
            _ => return Err(format!("condition \"{label}\" needs either `path` or both `from` and `tasks`")),
        };
        if let Some(step) = paths.iter().flatten().find(|s| s.lr.is_some() && s.lr_factor.is_some()) {
            return Err(format!(
                "condition \"{label}\" sets both `lr` and `lr_factor` in one task ({step:?}); write one of the two"
            ));
        }
        let condition = |steps: Vec<StepForm>| {
            let numbered = |text: &str| text.replace("{n}", &steps.len().to_string());
            Condition {
                label: numbered(&label),
                row: form.row.clone(),
                panel: form.panel.clone(),
                tick: form.tick.as_deref().map(numbered),
                route: route.clone(),
                steps,
            }
        };
        Ok(Self(paths.into_iter().map(condition).collect()))
    }
}

impl From<Transform> for StepForm {
    fn from(t: Transform) -> Self {
        Self { blur: Some(t.blur), contrast: Some(t.contrast), shift: Some(t.shift), ..Self::default() }
    }
}

impl Condition {
    /// The target task alone: the baseline where a file names no other.
    pub(crate) fn target_alone() -> Self {
        let (label, route) = ("baseline".into(), path_name(&[Transform::STANDARD], &Order::Diagonal));
        Self { label, row: None, panel: None, tick: None, route, steps: vec![StepForm::default()] }
    }

    /// This condition with `{lr}` in its label replaced by its learning rates under `settings`, such as "(1e-3, 2e-3)".
    pub(crate) fn labelled(&self, settings: &Settings) -> Self {
        let rates: Vec<String> = self.steps.iter().map(|step| format!("{:e}", step.lr(settings))).collect();
        Self { label: self.label.replace("{lr}", &format!("({})", rates.join(", "))), ..self.clone() }
    }

    /// What stands under the violin.
    pub fn tick(&self) -> &str {
        self.tick.as_deref().unwrap_or(&self.label)
    }

    /// What the tasks do to their images, in order.
    pub fn transforms(&self) -> Vec<Transform> {
        self.steps.iter().map(StepForm::transform).collect()
    }

    /// The learning path of this condition on `dataset`, with `settings` where a step says nothing.
    pub fn path(&self, dataset: DatasetName, settings: &Settings) -> LearningPath {
        self.steps.iter().map(|step| step.bind(dataset, settings)).collect()
    }
}

impl StepForm {
    fn lr(&self, settings: &Settings) -> f64 {
        // Rounded so that twice 1e-3 is written 2e-3, and is the same number as one that was written so.
        let rounded = |lr: f64| format!("{lr:.12e}").parse().unwrap_or(lr);
        self.lr.unwrap_or_else(|| rounded(settings.lr * self.lr_factor.unwrap_or(1.0)))
    }

    fn transform(&self) -> Transform {
        Transform {
            blur: self.blur.unwrap_or(Transform::STANDARD.blur),
            contrast: self.contrast.unwrap_or(Transform::STANDARD.contrast),
            shift: self.shift.unwrap_or(Transform::STANDARD.shift),
        }
    }

    fn bind(&self, dataset: DatasetName, settings: &Settings) -> Step {
        let mut process = settings.process();
        process.lr = self.lr(settings);
        process.max_epochs = self.max_epochs.unwrap_or(process.max_epochs);
        process.patience = self.patience.unwrap_or(process.patience);
        Step {
            interventions: self
                .bias_reset
                .map(Intervention::bias_reset)
                .into_iter()
                .chain(self.interventions.clone())
                .collect(),
            task: Task { dataset, transform: self.transform() },
            process,
        }
    }
}
