//! The tables behind a figure, for the part of the page that is there to look around in.

use std::path::Path;

use serde_json::{Value, json};
use tables::Table;

use crate::report::html::escape;

/// What draws the plots and filters, where scripts run.
pub(crate) const SCRIPT: &str = include_str!("explorer.js");
/// How they look.
pub(crate) const STYLE: &str = include_str!("explorer.css");

/// What is shown layer by layer: of each measure the names of its numbers. The others would make the page twice as large.
const BY_LAYER: [(&str, [&str; 2]); 2] = [("norms@1", ["l2_norm", "mean_abs"]), ("activations@1", ["mean", "sparsity"])];

/// The explorer of the analysis `name`, whose table of runs is `runs`; curves and measures are looked for beside it. Nothing where the
/// table of runs cannot be read: the page is the same without it.
pub(crate) fn explorer(name: &str, title: &str, runs: &Path) -> String {
    let Some(of_runs) = table(runs, |_| true) else { return String::new() };
    let beside = |file: &str| runs.with_file_name(file);
    let data = json!({
        "title": title,
        "runs": of_runs,
        "curves": table(&beside("curves.csv"), |_| true),
        "measures": measures(&beside("measures.csv")),
    });
    // Nothing in the data may end the element that it stands in.
    let text = data.to_string().replace('<', "\\u003c");
    format!(
        "<section class=\"explorer\" data-experiment=\"{0}\" hidden></section>\n\
         <script type=\"application/json\" class=\"tables\" data-experiment=\"{0}\">{text}</script>\n",
        escape(name)
    )
}

fn measures(path: &Path) -> Option<Value> {
    let header = Table::read(path).ok()?;
    let (measure, name) = (header.column("measure")?, header.column("name")?);
    let shown = |cells: &[String]| BY_LAYER.iter().any(|(id, names)| cells[measure] == *id && names.contains(&cells[name].as_str()));
    table(path, shown)
}

/// A table as its columns and its rows, numbers as numbers and empty cells as null.
fn table(path: &Path, shown: impl Fn(&[String]) -> bool) -> Option<Value> {
    let table = Table::read(path).ok()?;
    let row = |cells: &[String]| Value::Array(cells.iter().map(|cell| self::cell(cell)).collect());
    let rows: Vec<Value> = table.rows.iter().map(|found| &found.cells[..]).filter(|cells| shown(cells)).map(row).collect();
    Some(json!({ "columns": table.header, "rows": rows }))
}

fn cell(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    // What only looks like a number to one of two readers stays text: a stage's identity such as 1e5 is none.
    let number = text.parse::<f64>().ok().filter(|value| value.is_finite() && text.len() < 26);
    number.and_then(serde_json::Number::from_f64).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_data_that_cannot_leave_their_element() {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs.csv");
        std::fs::write(&runs, "dataset,condition,seed,test_loss\nmnist,</script><b>,0,1.5\nmnist,\"a, b\",1,\n").unwrap();
        let text = explorer("fig6", "Figure 6", &runs);
        assert!(text.contains("\\u003c/script>\\u003cb>") && !text.contains("</script><b>"), "{text}");
        assert!(text.contains("[\"mnist\",\"a, b\",1.0,null]") && text.contains("\"curves\":null"), "{text}");
        assert_eq!(explorer("fig6", "Figure 6", &folder.path().join("none.csv")), "");
    }

    #[test]
    fn of_measures_only_what_is_shown_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("runs.csv"), "dataset,condition,seed,test_loss\nmnist,a,0,1.5\n").unwrap();
        let measures = "dataset,condition,seed,moment,measure,subject,name,value\n\
                        mnist,a,0,end of task 1,norms@1,fc.bias,l2_norm,2\n\
                        mnist,a,0,end of task 1,norms@1,fc.bias,distance_from_initialisation,3\n";
        std::fs::write(folder.path().join("measures.csv"), measures).unwrap();
        let text = explorer("fig8", "Figure 8", &folder.path().join("runs.csv"));
        assert!(text.contains("l2_norm") && !text.contains("distance_from_initialisation"), "{text}");
    }
}
