//! The factors of a condition.

/// Strengths of the three transformations; `None` where the table does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Strengths {
    /// Share of the size that images are resized to and back; 1 is sharp.
    pub blur: Option<f64>,
    /// Contrast as a share of the original; 1 is the original, 0 uniform grey.
    pub contrast: Option<f64>,
    /// Largest random shift as a share of the size; 0 is none.
    pub shift: Option<f64>,
}

/// What a condition is. Conditions are told apart and chosen by these values alone; a label is a name for people. `None` is
/// what the table does not say, and equal to itself only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Factors {
    /// Whether it is the target task alone, which others are compared with.
    pub is_baseline: bool,
    /// The network, such as `resnet18`.
    pub network: Option<String>,
    /// The learning path's name, the same for every number of tasks: `blur`, `blur then contrast`, `blur and contrast`.
    pub path: Option<String>,
    /// Tasks in the path, at least 1.
    pub tasks: Option<u32>,
    /// Learning rate of the first task.
    pub lr_1: Option<f64>,
    /// Learning rate of the last task.
    pub lr_2: Option<f64>,
    /// Amount added to every bias before the first task; 0 is no reset.
    pub bias_reset_first: Option<f64>,
    /// Amount added to every bias before the last task; 0 is no reset.
    pub bias_reset_last: Option<f64>,
    /// Strengths in the first task.
    pub source: Strengths,
    /// Strengths in the last task.
    pub target: Strengths,
    /// Every intervention with its task, such as `1: bias_reset 0.01; 2: bias_reset 0.01`; empty where there is none.
    pub interventions: Option<String>,
    /// The line of conditions that it is a point of, and its place on it, where it is one.
    pub line: Option<String>,
    /// Its place on that line.
    pub x: Option<f64>,
    /// What else the first and the last task are that is not usual, such as `noise 0.3, weight_decay 0`.
    pub source_settings: Option<String>,
    /// The same of the last task.
    pub target_settings: Option<String>,
    /// Level in the column that the caller named for trends.
    pub level: Option<f64>,
}

/// A factor along which conditions have an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// `tasks`.
    Tasks,
    /// `lr_2`.
    LastRate,
    /// `x`, along a `line`.
    Line,
    /// The column that the caller named, which may be a factor's.
    Column(String),
}

/// Whether two positive numbers are the same but for rounding.
pub(crate) fn same(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 1e-6
}

impl Factors {
    /// The columns of a table of runs that say what a condition is, in the order of the fields; [`Self::OPTIONAL`] may be there besides.
    pub const COLUMNS: [&str; 15] = [
        "is_baseline",
        "network",
        "path",
        "tasks",
        "lr_1",
        "lr_2",
        "bias_reset_first",
        "bias_reset_last",
        "source_blur",
        "source_contrast",
        "source_shift",
        "target_blur",
        "target_contrast",
        "target_shift",
        "interventions",
    ];

    /// Columns that tables may have besides.
    pub const OPTIONAL: [&str; 4] = ["line", "x", "source_settings", "target_settings"];

    /// The condition's level on an axis, where it has one.
    pub(crate) fn level_on(&self, axis: &Axis) -> Option<f64> {
        match axis {
            // Points of a line are in its order alone.
            Axis::Tasks | Axis::LastRate if self.x.is_some() => None,
            Axis::Tasks => self.tasks.map(f64::from),
            Axis::LastRate => self.lr_2,
            Axis::Line => self.x,
            Axis::Column(_) => self.level,
        }
    }

    /// All factors but the one of the axis: conditions that are equal in these form a sequence along it.
    pub(crate) fn without(&self, axis: &Axis) -> Self {
        let mut rest = self.clone();
        match axis {
            Axis::Tasks => rest.tasks = None,
            Axis::LastRate => rest.lr_2 = None,
            // Whatever else the points of a line differ in, they do with x.
            Axis::Line => rest = Self { line: rest.line, network: rest.network, ..Self::default() },
            Axis::Column(column) => {
                rest.level = None;
                rest.clear(column);
            }
        }
        rest
    }

    fn clear(&mut self, column: &str) {
        match column {
            "tasks" => self.tasks = None,
            "lr_1" => self.lr_1 = None,
            "lr_2" => self.lr_2 = None,
            "bias_reset_first" => {
                self.bias_reset_first = None;
                self.forget_reset_before(Some(1));
            }
            "bias_reset_last" => {
                self.bias_reset_last = None;
                self.forget_reset_before(self.tasks);
            }
            "source_blur" => self.source.blur = None,
            "source_contrast" => self.source.contrast = None,
            "source_shift" => self.source.shift = None,
            "target_blur" => self.target.blur = None,
            "target_contrast" => self.target.contrast = None,
            "target_shift" => self.target.shift = None,
            _ => {}
        }
    }

    /// All factors but both learning rates.
    pub(crate) fn without_rates(&self) -> Self {
        Self { lr_1: None, lr_2: None, ..self.clone() }
    }

    /// All factors but the bias resets before the first and the last task.
    pub(crate) fn without_resets(&self) -> Self {
        let mut rest = Self { bias_reset_first: None, bias_reset_last: None, ..self.clone() };
        rest.forget_reset_before(Some(1));
        rest.forget_reset_before(self.tasks);
        rest
    }

    /// The interventions repeat what the columns of bias resets say; this leaves the others.
    fn forget_reset_before(&mut self, task: Option<u32>) {
        if let (Some(text), Some(task)) = (&mut self.interventions, task) {
            let reset = format!("{task}: bias_reset ");
            *text = text.split("; ").filter(|one| !one.starts_with(&reset)).collect::<Vec<_>>().join("; ");
        }
    }

    /// Learning rates of the first and the last task.
    pub(crate) fn rates(&self) -> Option<(f64, f64)> {
        self.lr_1.zip(self.lr_2)
    }

    /// Amounts added to the biases before the first and before the last task.
    pub(crate) fn resets(&self) -> Option<(f64, f64)> {
        self.bias_reset_first.zip(self.bias_reset_last)
    }

    /// Whether the last task is made as the standard test images are, as far as the table says.
    pub(crate) fn ends_standard(&self) -> bool {
        const OTHERS: [&str; 5] =
            ["upside down ", "noise ", "pixel permutation ", "random labels ", "label permutation "];
        let is = |value: Option<f64>, standard: f64| value.is_none_or(|value| value == standard);
        let settings = self.target_settings.as_deref().unwrap_or_default();
        is(self.target.blur, 1.0)
            && is(self.target.contrast, 1.0)
            && is(self.target.shift, 0.0)
            && !OTHERS.iter().any(|other| settings.contains(other))
    }

    /// Whether the path has this name.
    pub(crate) fn is_path(&self, name: &str) -> bool {
        self.path.as_deref() == Some(name)
    }

    /// How many transformations differ between the first and the last task, where the table says so.
    pub(crate) fn dimensions(&self) -> Option<usize> {
        let pairs = [
            (self.source.blur, self.target.blur),
            (self.source.contrast, self.target.contrast),
            (self.source.shift, self.target.shift),
        ];
        pairs.iter().map(|(source, target)| Some(usize::from((*source)? != (*target)?))).sum()
    }

    /// Every factor that has a column of its own, by column, as text.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, String)> {
        let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let values = [
            self.is_baseline.to_string(),
            text(&self.network),
            text(&self.path),
            self.tasks.map(|n| n.to_string()).unwrap_or_default(),
            number(self.lr_1),
            number(self.lr_2),
            number(self.bias_reset_first),
            number(self.bias_reset_last),
            number(self.source.blur),
            number(self.source.contrast),
            number(self.source.shift),
            number(self.target.blur),
            number(self.target.contrast),
            number(self.target.shift),
            text(&self.interventions),
        ];
        let optional = [text(&self.line), number(self.x), text(&self.source_settings), text(&self.target_settings)];
        Self::COLUMNS.into_iter().zip(values).chain(Self::OPTIONAL.into_iter().zip(optional))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_that_varies_leaves_other_interventions() {
        let factors = Factors {
            tasks: Some(3),
            bias_reset_first: Some(0.1),
            bias_reset_last: Some(0.2),
            interventions: Some("1: bias_reset 0.1; 2: bias_reset 0.5; 3: bias_reset 0.2".into()),
            ..Factors::default()
        };
        let rest = factors.without(&Axis::Column("bias_reset_last".into()));
        assert_eq!(rest.interventions.as_deref(), Some("1: bias_reset 0.1; 2: bias_reset 0.5"));
        assert_eq!((rest.bias_reset_first, rest.bias_reset_last), (Some(0.1), None));
        assert_eq!(factors.without_resets().interventions.as_deref(), Some("2: bias_reset 0.5"));
    }

    #[test]
    fn a_last_task_that_is_not_standard_is_known_by_its_settings() {
        let ending = |settings: &str| Factors { target_settings: Some(settings.into()), ..Factors::default() };
        for standard in ["", "weight_decay 0", "images 0.5, carry last"] {
            assert!(ending(standard).ends_standard(), "{standard}");
        }
        for other in ["noise 0.3", "pixel permutation 10, carry last", "random labels 1"] {
            assert!(!ending(other).ends_standard(), "{other}");
        }
        let blurred = Factors { target: Strengths { blur: Some(0.5), ..Strengths::default() }, ..Factors::default() };
        assert!(!blurred.ends_standard() && Factors::default().ends_standard());
    }

    #[test]
    fn dimensions_are_known_where_strengths_are() {
        let sharp = Strengths { blur: Some(1.0), contrast: Some(1.0), shift: Some(0.0) };
        let source = Strengths { blur: Some(0.25), shift: Some(0.25), ..sharp };
        assert_eq!(Factors { source, target: sharp, ..Factors::default() }.dimensions(), Some(2));
        assert_eq!(Factors::default().dimensions(), None);
    }
}
