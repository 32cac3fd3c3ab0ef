//! Conditions are what their factors say, whatever their labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Parser;
use reports::command::{Arguments, run};
use reports::{Groups, Reading, RunTable, reference, sequences};

const FIGURES: [u8; 4] = [3, 4, 5, 6];

/// Labels that would say something, or something else, to who looks into labels.
const MISLEADING: [&str; 8] =
    ["sharp only", "baseline", "BN=0", "shift N=7", "(1, 2)", "[Yes, Yes]", "blur then shift N=2", "N=3"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn table_of(text: &str) -> Result<RunTable, reports::TableError> {
    RunTable::from_csv(text.into(), Path::new("runs.csv"))
}

/// Rows of a CSV file by column.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().into_deserialize().map(Result::unwrap).collect()
}

/// The factors of a row.
#[derive(Clone)]
struct Row {
    is_baseline: bool,
    network: &'static str,
    path: String,
    tasks: u32,
    rates: [f64; 2],
    resets: [f64; 2],
    source: [f64; 3],
}

const HEADER: &str = "is_baseline,network,path,tasks,lr_1,lr_2,bias_reset_first,bias_reset_last,source_blur,source_contrast,\
                      source_shift,target_blur,target_contrast,target_shift,interventions";

impl Row {
    fn cells(&self) -> String {
        let interventions: Vec<String> = [(1, self.resets[0]), (self.tasks, self.resets[1])]
            .iter()
            .filter(|reset| reset.1 != 0.0)
            .map(|(task, amount)| format!("{task}: bias_reset {amount}"))
            .collect();
        let Self { is_baseline, network, path, tasks, rates, resets, source } = self;
        format!(
            "{is_baseline},{network},{path},{tasks},{},{},{},{},{},{},{},1,1,0,{}",
            rates[0],
            rates[1],
            resets[0],
            resets[1],
            source[0],
            source[1],
            source[2],
            interventions.join("; ")
        )
    }

    /// What the labels of the paper's figures say.
    fn of_label(label: &str) -> Self {
        let mut row = Self {
            is_baseline: label == "baseline",
            network: "resnet18",
            path: "blur".into(),
            tasks: 2,
            rates: [0.01; 2],
            resets: [0.0; 2],
            source: [0.25, 1.0, 0.0],
        };
        let pair = |inner: &str| -> Vec<String> { inner.split(", ").map(str::to_owned).collect() };
        if row.is_baseline {
            (row.path, row.tasks, row.source) = ("standard".into(), 1, [1.0, 1.0, 0.0]);
        } else if let Some((path, tasks)) = label.rsplit_once(" N=") {
            row.path = path.trim_end_matches(", diagonal").to_owned();
            row.tasks = tasks.parse().unwrap();
            let starts = |name: &str, source: f64, standard: f64| if path.contains(name) { source } else { standard };
            row.source = [starts("blur", 0.25, 1.0), starts("contrast", 0.1, 1.0), starts("shift", 0.25, 0.0)];
        } else if let Some(inner) = label.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            row.rates = [0, 1].map(|i| pair(inner)[i].parse().unwrap());
        } else if let Some(inner) = label.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            row.resets = [0, 1].map(|i| if pair(inner)[i] == "Yes" { 0.01 } else { 0.0 });
        } else {
            panic!("{label}");
        }
        row
    }
}

fn report(scale_folder: &Path) {
    let arguments = ["report", "--all", "--scale", "lite", "--out", scale_folder.to_str().unwrap()];
    run(&Arguments::try_parse_from(arguments).unwrap()).unwrap();
}

#[test]
fn renamed_labels_change_no_number_and_no_verdict() {
    let (labelled, renamed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = |root: &Path, figure: u8| root.join(format!("reports/lite/fig{figure}"));
    let mut names: BTreeMap<u8, BTreeMap<String, String>> = BTreeMap::new();
    for figure in FIGURES {
        let source = fixture(&format!("lite/fig{figure}.csv"));
        for root in [&labelled, &renamed] {
            std::fs::create_dir_all(place(root.path(), figure)).unwrap();
        }
        std::fs::copy(&source, place(labelled.path(), figure).join("runs.csv")).unwrap();
        let names = names.entry(figure).or_default();
        let columns = ["dataset", "seed", "test_loss", "test_accuracy", "train_loss", "best_epoch", "epochs_in_all"];
        let mut text = format!("condition,{},{HEADER}\n", columns.join(","));
        for row in rows(&source) {
            let count = names.len();
            let name = names
                .entry(row["condition"].clone())
                .or_insert_with(|| MISLEADING.get(count).map_or_else(|| format!("c{count}"), ToString::to_string));
            let cells = columns.map(|column| row[column].as_str()).join(",");
            text += &format!("\"{name}\",{cells},{}\n", Row::of_label(&row["condition"]).cells());
        }
        std::fs::write(place(renamed.path(), figure).join("runs.csv"), text).unwrap();
    }
    report(labelled.path());
    report(renamed.path());

    for figure in FIGURES {
        let names = &names[&figure];
        let rename = |text: &str| text.split(" → ").map(|label| names[label].as_str()).collect::<Vec<_>>().join(" → ");
        for file in ["summary.csv", "tests.csv"] {
            let (before, after) = (place(labelled.path(), figure).join(file), place(renamed.path(), figure).join(file));
            let (before, after) = (rows(&before), rows(&after));
            assert_eq!(before.len(), after.len(), "Figure {figure}, {file}");
            for (mut before, mut after) in before.into_iter().zip(after) {
                before.insert("condition".into(), rename(&before["condition"]));
                if before.get("against").is_some_and(|against| against == "trend") {
                    // The sequence's name is for people, and comes from the label or from the path.
                    before.remove("other");
                    after.remove("other");
                } else if let Some(other) = before.get("other").cloned() {
                    before.insert("other".into(), rename(&other));
                }
                assert_eq!(before, after, "Figure {figure}, {file}");
            }
        }
    }
    let claims = |root: &Path| {
        let mut claims = rows(&root.join("reports/lite/claims.csv"));
        claims.iter_mut().for_each(|row| drop(row.remove("what")));
        claims
    };
    assert_eq!(claims(labelled.path()), claims(renamed.path()));
    let says = |root: &Path| std::fs::read_to_string(place(root, 6).join("report.md")).unwrap();
    assert!(says(labelled.path()).contains("Roles were read from labels: "));
    assert!(says(renamed.path()).contains("Roles were read from the factor columns; the baseline is “sharp only”"));
}

#[test]
fn labels_give_the_verdicts_that_are_published() {
    let root = tempfile::tempdir().unwrap();
    for figure in FIGURES {
        let folder = root.path().join(format!("reports/lite/fig{figure}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(fixture(&format!("lite/fig{figure}.csv")), folder.join("runs.csv")).unwrap();
    }
    report(root.path());
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(&root.path().join("reports/lite/claims.csv")), read(&fixture("lite/claims.csv")));
}

/// The text of a table of one seed a condition.
fn text(conditions: &[(&str, Row)]) -> String {
    let rows: String = conditions.iter().map(|(label, row)| format!("d,\"{label}\",0,1,{}\n", row.cells())).collect();
    format!("dataset,condition,seed,test_loss,{HEADER}\n{rows}")
}

fn table(conditions: &[(&str, Row)]) -> RunTable {
    table_of(&text(conditions)).unwrap()
}

#[test]
fn equal_names_of_paths_merge_no_conditions() {
    let two = Row::of_label("blur N=2");
    let three = Row { tasks: 3, ..two.clone() };
    let changes: [fn(&mut Row); 4] = [
        |row| row.source[0] = 0.5,
        |row| row.network = "resnet34",
        |row| row.rates = [0.1; 2],
        |row| row.resets[0] = 0.01,
    ];
    for change in changes {
        let (mut other_two, mut other_three) = (two.clone(), three.clone());
        change(&mut other_two);
        change(&mut other_three);
        let table = table(&[("a", other_three), ("b", two.clone()), ("c", three.clone()), ("d", other_two)]);
        let groups = Groups::of(&table);
        let found: Vec<Vec<String>> =
            sequences(&groups, "d").into_iter().map(|sequence| sequence.unwrap().conditions).collect();
        let among_tasks: Vec<&Vec<String>> = found.iter().filter(|labels| labels.len() == 2).collect();
        assert!(among_tasks.contains(&&vec!["d".to_owned(), "a".into()]), "{found:?}");
        assert!(among_tasks.contains(&&vec!["b".to_owned(), "c".into()]), "{found:?}");
        let of = |label| reference(&groups, groups.get("d", label).unwrap()).map(|group| group.condition);
        assert_eq!((of("a"), of("c"), of("b"), of("d")), (Some("d"), Some("b"), None, None));
    }
}

#[test]
fn second_rates_are_a_sequence_of_what_else_agrees() {
    let rates = |first, last| Row { rates: [first, last], ..Row::of_label("(1, 1)") };
    let reset = Row { resets: [0.01, 0.0], ..rates(0.1, 0.4) };
    let table = table(&[("p", rates(0.2, 0.2)), ("q", rates(0.1, 0.2)), ("r", rates(0.1, 0.1)), ("s", reset.clone())]);
    let groups = Groups::of(&table);
    let [Ok(only)] = &sequences(&groups, "d")[..] else { panic!() };
    assert_eq!((only.conditions.join(" "), only.levels.as_slice()), ("r q".to_owned(), &[0.1, 0.2][..]));
    assert_eq!(reference(&groups, groups.get("d", "p").unwrap()).unwrap().condition, "r");
}

#[test]
fn a_factor_s_column_can_be_the_order() {
    let reset = |amount: f64| Row { resets: [0.0, amount], ..Row::of_label("[No, No]") };
    let other = Row { tasks: 3, ..reset(0.05) };
    let conditions = [("p", reset(0.1)), ("q", reset(0.001)), ("r", reset(0.01)), ("s", other)];
    let reading = Reading { trend_column: Some("bias_reset_last".into()), ..Reading::default() };
    let table = RunTable::from_csv_as(text(&conditions).into(), Path::new("runs.csv"), &reading).unwrap();
    let [Ok(only)] = &sequences(&Groups::of(&table), "d")[..] else { panic!() };
    assert_eq!(only.conditions, ["q", "r", "p"]);

    let reading = Reading { baseline: Some("p".into()), ..Reading::default() };
    let refusal = RunTable::from_csv_as(text(&conditions).into(), Path::new("runs.csv"), &reading).unwrap_err();
    assert!(refusal.to_string().contains("`is_baseline` says which condition is the baseline"), "{refusal}");
}

#[test]
fn baselines_are_those_of_the_same_network() {
    let baseline = Row::of_label("baseline");
    let other = |row: &Row| Row { network: "resnet34", ..row.clone() };
    let studied = Row::of_label("blur N=2");
    let table = table(&[
        ("small", baseline.clone()),
        ("large", other(&baseline)),
        ("x", studied.clone()),
        ("y", other(&studied)),
    ]);
    let groups = Groups::of(&table);
    let of = |label| groups.baseline(groups.get("d", label).unwrap()).map(|group| group.condition);
    assert_eq!((of("x"), of("y"), of("small")), (Some("small"), Some("large"), None));
}

#[test]
fn factors_that_contradict_themselves_are_refused() {
    let row = Row::of_label("blur N=2");
    let refusal = |rows: &[Row]| {
        let rows: String = rows.iter().enumerate().map(|(i, row)| format!("d,a,{i},1,{}\n", row.cells())).collect();
        table_of(&format!("dataset,condition,seed,test_loss,{HEADER}\n{rows}")).unwrap_err().to_string()
    };
    let message = refusal(&[row.clone(), row.clone(), Row { rates: [0.01, 0.5], ..row.clone() }]);
    assert!(message.contains("row 3: `lr_2` is `0.5`, but `0.01` in row 1"), "{message}");
    let message = refusal(&[Row { tasks: 0, ..row.clone() }]);
    assert!(message.contains("row 1: `tasks` is `0`, expected a whole number from 1"), "{message}");
    let message = refusal(&[Row { rates: [-0.5; 2], ..row }]);
    assert!(message.contains("`lr_1`") && message.contains("0 or more"), "{message}");
    let part = table_of("dataset,condition,seed,test_loss,is_baseline\nd,a,0,1,false\n").unwrap_err().to_string();
    assert!(part.contains("no column `network`") && part.contains("interventions"), "{part}");
}
