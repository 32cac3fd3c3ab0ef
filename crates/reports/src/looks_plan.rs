//! A plan for looking at results while seeds are still being trained.

use counted::counted;
use statistics::looks;

use crate::claims::LEVEL;
use crate::report::ReportError;

/// The plan as text: for looks at these numbers of seeds, and so many comparisons that are tested at each, the p-value below which a
/// comparison is decided there.
///
/// # Errors
/// For fewer than two seeds at a look, numbers that do not rise, and no comparison.
pub(crate) fn looks_plan(seeds: &[u64], comparisons: u32) -> Result<String, ReportError> {
    let refused = |text: String| ReportError::Refused(text);
    if comparisons == 0 {
        return Err(refused("`--comparisons` is 0; a plan is for one comparison or more".into()));
    }
    if let Some(few) = seeds.iter().find(|&&n| n < 2) {
        return Err(refused(format!("`--looks` names {few}; a test needs at least two seeds")));
    }
    if let Some(two) = seeds.windows(2).find(|two| two[0] >= two[1]) {
        return Err(refused(format!(
            "`--looks` names {} before {}; give the numbers of seeds in rising order, as in 5,10,20",
            two[0], two[1]
        )));
    }
    let last = *seeds.last().ok_or_else(|| refused("`--looks` names no number of seeds".into()))? as f64;
    let information: Vec<f64> = seeds.iter().map(|&n| n as f64 / last).collect();
    let planned = looks(&information, LEVEL / f64::from(comparisons)).map_err(|reason| refused(reason.to_string()))?;
    let (looks_in_words, comparisons_in_words) =
        (counted(seeds.len(), "look"), counted(comparisons as usize, "comparison"));
    let mut text = format!(
        "{looks_in_words} at {comparisons_in_words}, {:.0} % false findings in all (O'Brien and Fleming's spending; Bonferroni over \
         comparisons)\n\n  seeds  spent by then  decided where the deciding t-test has p below\n",
        100.0 * LEVEL
    );
    for (seeds, look) in seeds.iter().zip(&planned) {
        let level = if look.level < 1e-4 { format!("{:.1e}", look.level) } else { format!("{:.5}", look.level) };
        text.push_str(&format!("  {seeds:>5}  {:>11.1} %  {level}\n", 100.0 * look.spent));
    }
    text.push_str(
        "\nWrite the plan down before the first look, use the uncorrected p of the deciding test (`tests.csv`), stop a comparison \
         where it is decided, and look at no other time.\n",
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_look_has_most_of_the_level() {
        let plan = looks_plan(&[5, 10, 20], 1).unwrap();
        let levels: Vec<f64> = plan
            .lines()
            .filter(|l| l.contains('%'))
            .filter_map(|l| l.split_whitespace().last()?.parse().ok())
            .collect();
        assert!(levels.len() == 3 && levels[0] < levels[1] && levels[1] < levels[2], "{plan}");
        assert!(levels[2] > 0.04 && levels[2] < 0.05, "{plan}");
        assert!(plan.starts_with("3 looks at 1 comparison, 5 %"), "{plan}");
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        let message = |seeds: &[u64], comparisons| looks_plan(seeds, comparisons).unwrap_err().to_string();
        assert!(message(&[5, 5], 1).contains("rising order"));
        assert!(message(&[1, 5], 1).contains("two seeds"));
        assert!(message(&[5], 0).contains("--comparisons"));
    }
}
