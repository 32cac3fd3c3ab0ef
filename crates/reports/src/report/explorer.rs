//! The tables behind a figure, for the part of the page that is there to look around in.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use tables::Table;

use crate::report::html::escape;

/// What draws the plots and filters, where scripts run.
pub(crate) const SCRIPT: &str = include_str!("explorer.js");
/// How they look.
pub(crate) const STYLE: &str = include_str!("explorer.css");

/// Columns that are names, also where one looks like a number: a condition called 1e-2 stays 1e-2.
const NAMES: [&str; 14] = [
    "dataset",
    "condition",
    "stage",
    "path",
    "version",
    "libtorch",
    "device",
    "interventions",
    "transform",
    "status",
    "subject",
    "moment",
    "measure",
    "name",
];

/// What is shown layer by layer: of each measure the names of its numbers. The others would make the page twice as large.
const BY_LAYER: [(&str, [&str; 2]); 2] =
    [("norms@1", ["l2_norm", "mean_abs"]), ("activations@1", ["mean", "sparsity"])];

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
    let shown = |cells: &[String]| {
        BY_LAYER.iter().any(|(id, names)| cells[measure] == *id && names.contains(&cells[name].as_str()))
    };
    table(path, shown)
}

/// A table as its columns and its rows, numbers as numbers and empty cells as null. The cells of columns of names are places in the
/// column's `levels`: a name that stands in every row is written once.
fn table(path: &Path, shown: impl Fn(&[String]) -> bool) -> Option<Value> {
    let table = Table::read(path).ok()?;
    let mut levels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut rows = Vec::new();
    for row in table.rows.iter().map(|found| &found.cells[..]).filter(|cells| shown(cells)) {
        let mut cells = Vec::with_capacity(row.len());
        for (column, cell) in table.header.iter().zip(row) {
            cells.push(if cell.is_empty() {
                Value::Null
            } else if NAMES.contains(&column.as_str()) {
                let known = levels.entry(column).or_default();
                let place = known.iter().position(|level| level == cell).unwrap_or_else(|| {
                    known.push(cell);
                    known.len() - 1
                });
                Value::from(place)
            } else {
                number(cell)
            });
        }
        rows.push(Value::Array(cells));
    }
    Some(json!({ "columns": table.header, "levels": levels, "rows": rows }))
}

/// A number where it is one, and text otherwise.
fn number(cell: &str) -> Value {
    let whole = cell.parse::<i64>().map(Value::from).ok();
    let number = || cell.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number);
    whole.or_else(number).unwrap_or_else(|| Value::from(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_data_that_cannot_leave_their_element() {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs.csv");
        std::fs::write(
            &runs,
            "dataset,condition,seed,test_loss\nmnist,</script><b>,0,1.5\nmnist,\"a, b\",1,\nmnist,1e-2,1,2\n",
        )
        .unwrap();
        let text = explorer("fig6", "Figure 6", &runs);
        assert!(text.contains("\\u003c/script>\\u003cb>") && !text.contains("</script><b>"), "{text}");
        assert!(text.contains("[0,1,1,null],[0,2,1,2]") && text.contains("\"a, b\",\"1e-2\"]"), "{text}");
        assert!(text.contains("\"curves\":null"), "{text}");
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
