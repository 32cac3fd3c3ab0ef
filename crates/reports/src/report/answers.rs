//! What the tests come to, in words.

use crate::analysis::Analysis;
use crate::claims::LEVEL;
use crate::estimates::{Against, Comparison, NOTICEABLE};
use crate::report::format::{interval, p, signed};
use crate::report::tables::Table;

/// What every verdict of the table rests on.
pub(crate) const RULE: &str = "Verdicts are those of the t-test that decides, after correction, at 5 %; equivalence is held against 5 % of the other's \
                               mean. Undecided is not the same as equal: more seeds may decide it.";

/// Each condition against the baseline and against the reference: better, worse, equivalent or undecided.
pub(crate) fn answers_table(analysis: &Analysis) -> Table {
    let of = |against: Against| analysis.comparisons.iter().filter(move |c| c.against == against);
    let rows = of(Against::Baseline).chain(of(Against::Reference)).map(|c| {
        let sides = if c.sides.is_paired() {
            c.sides.x_shared.len().to_string()
        } else {
            format!("{} and {}", c.sides.x.len(), c.sides.y.len())
        };
        vec![
            c.dataset.clone(),
            c.condition.clone(),
            c.other.clone(),
            verdict(c, analysis.measure.higher_is_better),
            c.difference.map_or_else(
                |reason| format!("not defined ({reason})"),
                |d| format!("{} {}", signed(d), interval(c.deciding().map(|test| test.interval))),
            ),
            c.deciding_p().map_or_else(String::new, p),
            sides,
        ]
    });
    Table {
        heading: vec!["Dataset", "Condition", "Against", "Verdict", "Difference, 95 % interval", "p (Holm)", "Seeds"],
        rows: rows.collect(),
    }
}

fn verdict(c: &Comparison, higher_is_better: bool) -> String {
    let (Ok(difference), Some(decides)) = (c.difference, c.deciding_p()) else { return "no test".into() };
    let direction = if (difference < 0.0) == higher_is_better { "worse" } else { "better" };
    let equivalent = c.equivalence.is_ok_and(|e| e.p < LEVEL);
    let margin = format!("{:.0} %", 100.0 * NOTICEABLE);
    match (decides < LEVEL, equivalent) {
        (true, false) => direction.into(),
        (true, true) => format!("{direction}, by less than {margin}"),
        (false, true) => format!("equivalent within {margin}"),
        (false, false) => "undecided".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RunTable;

    /// Twelve runs a condition around 2 and what is added to it, of a spread that differs from seed to seed.
    fn verdicts(higher_is_better: bool) -> Vec<(String, String)> {
        let runs = |label: &str, shift: f64, spread: f64| -> String {
            let loss = |seed: u32| 2.0 + shift + spread * f64::from(seed % 2) + 0.001 * f64::from(seed);
            (0..12).map(|seed| format!("d,{label},{seed},{}\n", loss(seed))).collect()
        };
        let rows = [
            runs("baseline", 0.0, 0.001),
            runs("helps", -0.5, 0.01),
            runs("harms", 0.5, 0.01),
            runs("harms a little", 0.02, 0.002),
            runs("same", -0.0007, 0.003),
            runs("who knows", -0.2, 0.4),
        ];
        let text = format!("dataset,condition,seed,test_loss\n{}", rows.concat());
        let table = RunTable::from_csv(text.into(), std::path::Path::new("runs.csv")).unwrap();
        let mut analysis = Analysis::of("t", None, &table, None);
        analysis.measure.higher_is_better = higher_is_better;
        let of_baseline = |row: &&Vec<String>| row[2] == "baseline";
        let rows = answers_table(&analysis).rows;
        rows.iter().filter(of_baseline).map(|row| (row[1].clone(), row[3].clone())).collect()
    }

    #[test]
    fn every_condition_has_its_verdict() {
        let expected = |helps: &str, harms: &str| {
            [
                ("helps", helps.to_owned()),
                ("harms", harms.to_owned()),
                ("harms a little", format!("{harms}, by less than 5 %")),
                ("same", "equivalent within 5 %".into()),
                ("who knows", "undecided".into()),
            ]
            .map(|(label, verdict)| (label.to_owned(), verdict))
        };
        assert_eq!(verdicts(false), expected("better", "worse"));
        assert_eq!(verdicts(true), expected("worse", "better"));
    }
}
