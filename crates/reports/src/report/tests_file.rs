//! `tests.csv`: every test and every effect size, one a row.

use statistics::{Defined, Estimate, Interval, NotDefined, RankTest, TTest};

use crate::analysis::Analysis;
use crate::conditions::Sides;
use crate::estimates::{Comparison, Trend};

/// A row; cells that mean nothing for its test are empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub dataset: String,
    pub kind: String,
    pub condition: String,
    pub other: String,
    pub test: &'static str,
    pub n: usize,
    pub n_other: Option<usize>,
    pub statistic: Option<f64>,
    pub degrees: Option<f64>,
    pub measure: &'static str,
    pub estimate: Option<f64>,
    pub interval: Option<Interval>,
    pub confidence: Option<f64>,
    pub p: Option<f64>,
    pub p_holm: Option<f64>,
    pub method: &'static str,
    pub not_defined: Option<NotDefined>,
    /// The least p-value that a rank test of values with these ranks can have.
    pub smallest_p: Option<f64>,
    /// The column of the table of runs that is compared.
    pub value: String,
}

impl Row {
    fn t(mut self, test: Defined<TTest>, p_holm: Option<f64>) -> Self {
        self.measure = "difference of means";
        self.method = "t distribution";
        match test {
            Ok(test) => {
                self.statistic = Some(test.t);
                self.degrees = Some(test.degrees);
                self.estimate = Some(test.difference);
                self.interval = Some(test.interval);
                self.confidence = Some(0.95);
                self.p = Some(test.p.two_sided);
                self.p_holm = p_holm;
            }
            Err(reason) => self.not_defined = Some(reason),
        }
        self
    }

    fn ranks(mut self, test: Defined<RankTest>, p_holm: Option<f64>) -> Self {
        match test {
            Ok(test) => {
                self.statistic = Some(test.statistic);
                self.p = Some(test.p.two_sided);
                self.p_holm = p_holm;
                self.method = test.method.name();
                self.smallest_p = Some(test.smallest_p).filter(|p| *p > 0.0);
            }
            Err(reason) => self.not_defined = Some(reason),
        }
        self
    }

    fn estimate(mut self, measure: &'static str, estimate: Defined<Estimate>) -> Self {
        self.measure = measure;
        match estimate {
            Ok(estimate) => {
                self.estimate = Some(estimate.value);
                self.interval = estimate.interval.ok();
                self.confidence = self.interval.map(|_| 0.95);
                self.not_defined = estimate.interval.err();
            }
            Err(reason) => self.not_defined = Some(reason),
        }
        self
    }
}

/// Every row of an analysis.
pub(crate) fn rows(analysis: &Analysis) -> Vec<Row> {
    let main = analysis.comparisons.iter().flat_map(of_comparison).chain(analysis.trends.iter().flat_map(of_trend));
    let main = main.map(|row| (&analysis.measure, row));
    let beside = analysis
        .beside
        .iter()
        .flat_map(|beside| beside.comparisons.iter().flat_map(of_comparison).map(|row| (&beside.measure, row)));
    main.chain(beside).map(|(measure, row)| Row { value: measure.column.clone(), ..row }).collect()
}

fn of_comparison(c: &Comparison) -> Vec<Row> {
    let sides: &Sides = &c.sides;
    let all = |test: &'static str| Row {
        dataset: c.dataset.clone(),
        kind: c.against.name().to_owned(),
        condition: c.condition.clone(),
        other: c.other.clone(),
        test,
        n: sides.x.len(),
        n_other: Some(sides.y.len()),
        ..Row::default()
    };
    let shared = |test: &'static str| Row { n: sides.x_shared.len(), n_other: Some(sides.x_shared.len()), ..all(test) };
    let deciding = |test| if sides.is_paired() { shared(test) } else { all(test) };

    let mut equivalence = deciding("two one-sided t-tests");
    equivalence.measure = "difference as a share of the other's mean";
    equivalence.method = if sides.is_paired() { "paired, margin 5 %" } else { "Welch, margin 5 %" };
    match c.equivalence {
        Ok(e) => {
            equivalence.estimate = Some(e.difference);
            equivalence.interval = e.interval.ok();
            equivalence.confidence = e.interval.ok().map(|_| 0.9);
            equivalence.not_defined = e.interval.err();
            equivalence.p = Some(e.p);
        }
        Err(reason) => equivalence.not_defined = Some(reason),
    }
    let mut power = deciding("power");
    power.measure = "smallest difference detected with 80 % power";
    power.method = if sides.is_paired() { "noncentral t, paired" } else { "noncentral t, independent" };
    power.estimate = c.detectable.ok();
    power.not_defined = c.detectable.err();
    vec![
        all("Welch t").t(c.welch, c.holm.welch),
        all("Mann–Whitney").ranks(c.mann_whitney, c.holm.mann_whitney),
        shared("paired t").t(c.paired_t, c.holm.paired_t),
        shared("Wilcoxon signed-rank").ranks(c.wilcoxon, c.holm.wilcoxon),
        all("effect size").estimate("Hedges' g", c.hedges_g),
        all("effect size").estimate("Cliff's delta", c.cliff_delta),
        all("effect size").estimate("probability of improvement", c.improvement),
        equivalence,
        power,
        all("additive model, condition + seed").t(c.additive, None),
    ]
}

fn of_trend(trend: &Trend) -> Vec<Row> {
    let row = |test: &'static str, n: usize| Row {
        dataset: trend.dataset.clone(),
        kind: "trend".into(),
        condition: trend.sequence.conditions.join(" → "),
        other: trend.sequence.name.clone(),
        test,
        n,
        ..Row::default()
    };
    let all = trend.sizes.iter().sum();
    let mut spearman = row("Spearman", all).estimate("Spearman's rho", trend.spearman.map(|c| c.rho));
    spearman.p = trend.spearman.ok().map(|c| c.p.two_sided);
    spearman.method = "t distribution";
    let ranks = |name, n, test, measure, estimate| row(name, n).estimate(measure, estimate).ranks(test, None);
    let mut rows = vec![
        ranks("Jonckheere–Terpstra", all, trend.jonckheere, "concordance with the order", trend.concordance),
        ranks("Page", trend.shared, trend.page, "mean Spearman's rho of a seed", trend.rank_correlation),
        spearman,
    ];
    rows.extend(trend.paired_t.map(|test| row("paired t", trend.shared).t(test, None)));
    rows
}

/// The rows as CSV.
pub(crate) fn csv(analysis: &Analysis) -> Vec<u8> {
    let header = [
        "dataset",
        "against",
        "condition",
        "other",
        "test",
        "n",
        "n_other",
        "statistic",
        "degrees",
        "measure",
        "estimate",
        "low",
        "high",
        "confidence",
        "p",
        "p_holm",
        "method",
        "not_defined",
        "smallest_p",
        "value",
    ];
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("writing to memory does not fail");
    for row in rows(analysis) {
        let cells = [
            row.dataset,
            row.kind,
            row.condition,
            row.other,
            row.test.to_owned(),
            row.n.to_string(),
            row.n_other.map(|n| n.to_string()).unwrap_or_default(),
            number(row.statistic),
            number(row.degrees),
            row.measure.to_owned(),
            number(row.estimate),
            number(row.interval.map(|i| i.low)),
            number(row.interval.map(|i| i.high)),
            number(row.confidence),
            number(row.p),
            number(row.p_holm),
            row.method.to_owned(),
            row.not_defined.map(|reason| reason.to_string()).unwrap_or_default(),
            number(row.smallest_p),
            row.value,
        ];
        writer.write_record(cells).expect("writing to memory does not fail");
    }
    writer.into_inner().expect("writing to memory does not fail")
}
