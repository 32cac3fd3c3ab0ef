//! Tables of one's own: roles by options, other columns than the test loss, and files that are not quite as they should be.

use std::path::{Path, PathBuf};

use clap::Parser;
use reports::command::{Arguments, run};

/// The report on a table, or what is said instead.
fn report(file: &Path, options: &[&str]) -> Result<String, String> {
    let out = tempfile::tempdir().unwrap();
    let arguments = ["report", "--runs", file.to_str().unwrap(), "--out", out.path().to_str().unwrap()];
    let arguments = Arguments::try_parse_from([&arguments[..], options].concat()).map_err(|e| e.to_string())?;
    run(&arguments).map_err(|e| e.to_string())?;
    Ok(std::fs::read_to_string(out.path().join("report.md")).unwrap())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/csv").join(name)
}

fn of_text(text: &str, options: &[&str]) -> Result<String, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    report(file.path(), options)
}

/// Three seeds a condition; accuracies in a column beside the losses.
const SHARP: &str = "dataset,condition,seed,test_loss,accuracy,size,path\n\
                     d,sharp only,0,1,0.9,,\nd,sharp only,1,1.1,0.88,,\nd,sharp only,2,1.05,0.91,,\n\
                     d,large,0,1.3,0.7,100,p\nd,large,1,1.35,0.72,100,p\nd,large,2,1.4,0.69,100,p\n\
                     d,small,0,1.2,0.8,9,p\nd,small,1,1.27,0.79,9,p\nd,small,2,1.22,0.82,9,p\n\
                     d,middle,0,1.25,0.75,20,p\nd,middle,1,1.32,0.76,20,p\nd,middle,2,1.3,0.74,20,p\n\
                     d,other,0,1.2,0.8,9,q\nd,other,1,1.1,0.79,9,q\nd,other,2,1.12,0.82,9,q\n";

#[test]
fn the_baseline_is_what_the_caller_says() {
    let without = of_text(SHARP, &[]).unwrap();
    assert!(without.contains("no condition is called “baseline”") && without.contains("has no baseline"), "{without}");
    let with = of_text(SHARP, &["--baseline", "sharp only"]).unwrap();
    assert!(with.contains("| d | large − sharp only |") && with.contains("“sharp only” is the baseline"), "{with}");
    let refusal = of_text(SHARP, &["--baseline", "blunt"]).unwrap_err();
    assert!(refusal.contains("no condition `blunt`") && refusal.contains("sharp only; large"), "{refusal}");
}

#[test]
fn a_column_of_levels_is_an_order_within_a_path() {
    let text = of_text(SHARP, &["--trend-column", "size", "--baseline", "sharp only"]).unwrap();
    assert!(text.contains("| d | small → middle → large |"), "{text}");
    // The lowest level is the reference; a path of one condition is no sequence.
    assert!(text.contains("| d | large − small |") && !text.contains("other →"), "{text}");
    assert!(text.contains("among conditions of the same path"), "{text}");
    let message = of_text(SHARP, &["--trend-column", "condition"]).unwrap_err();
    assert!(message.contains("row 1: `condition` is `sharp only`, expected a finite number"), "{message}");
    let message = of_text(SHARP, &["--trend-column", "depth"]).unwrap_err();
    assert!(message.contains("no column `depth`"), "{message}");
    let message = of_text(&SHARP.replace("1.27,0.79,9,p", "1.27,0.79,8,p"), &["--trend-column", "size"]).unwrap_err();
    assert!(message.contains("row 8: `size` is `8`, but `9` in row 7"), "{message}");
}

#[test]
fn levels_that_coincide_are_said_and_not_merged() {
    let text = of_text(&SHARP.replace(",q\n", ",p\n"), &["--trend-column", "size"]).unwrap();
    assert!(text.contains("“small” and “other” are both at 9"), "{text}");
    assert!(text.contains("No conditions have an order."), "{text}");
}

#[test]
fn an_accuracy_is_better_the_higher_it_is() {
    let options = ["--value", "accuracy", "--higher-is-better", "--baseline", "sharp only"];
    let text = of_text(SHARP, &options).unwrap();
    assert!(text.contains("The quantity is the column “accuracy”; higher is better"), "{text}");
    assert!(text.contains("means that the condition ends better"), "{text}");
    // Every run of `large` is worse than every run of the baseline, by either measure.
    let improvement = |text: &str| -> String {
        let row = text.lines().find(|line| line.starts_with("| d | large − sharp only |")).unwrap();
        row.split(" | ").nth(10).unwrap().split(' ').next().unwrap().to_owned()
    };
    assert_eq!(improvement(&text), "0");
    assert_eq!(improvement(&of_text(SHARP, &options[3..]).unwrap()), "0");
    assert!(of_text(SHARP, &["--value", "precision"]).unwrap_err().contains("no column `precision`"));
}

#[test]
fn labels_that_look_alike_are_not_merged() {
    let text = report(&fixture("labels.csv"), &[]).unwrap();
    assert!(text.contains("“blur N=2” and “blur, N=2” are both at 2"), "{text}");
    assert!(text.contains("No conditions have an order.") && !text.contains("BN=0 →"), "{text}");
    assert!(text.contains("2 labels say nothing but a name, such as “BN=0”"), "{text}");
}

#[test]
fn labels_are_no_markup() {
    let text = report(&fixture("markdown.csv"), &[]).unwrap();
    for cell in [r"| \_\_init\_\_ reset |", r"| a\\\|b |", r"| \~\~old\~\~ new |", r"| \$x\$ \& \<b> |", r"| a\`b |"] {
        assert!(text.contains(cell), "{cell}: {text}");
    }
}

#[test]
fn files_of_other_programs_are_read() {
    for name in ["blank_line.csv", "float_seed.csv", "status_mlflow.csv", "status_space.csv"] {
        let text = report(&fixture(name), &[]).unwrap();
        assert!(text.contains("there are 18 runs; all have a result"), "{name}: {text}");
    }
    let killed = "dataset,condition,seed,test_loss,status\nd,a,0,1,FINISHED\nd,a,1,2,KILLED\n";
    let text = of_text(killed, &[]).unwrap();
    assert!(text.contains("1 failed and are in no estimate (1 with status killed)"), "{text}");
}

#[test]
fn files_that_cannot_be_read_are_refused_with_what_to_do() {
    for (name, words) in [
        ("semicolons.csv", "commas between columns and points in decimals"),
        ("long_row.csv", "row 19 (line 20): 5 cells, but the header has 4"),
        ("header.csv", "has no rows"),
    ] {
        let message = report(&fixture(name), &[]).unwrap_err();
        assert!(message.contains(words), "{name}: {message}");
    }
    let header = "dataset,condition,seed,test_loss";
    for (text, words) in [
        (
            format!("{header},status\nd,a,0,1,finished\nd,a,1,2,great\n"),
            "row 2: `status` is `great`, expected finished",
        ),
        (format!("{header},status\nd,a,0,1,finished\nd,a,1,2,\n"), "row 2: `status` is empty, expected finished"),
        (
            format!("{header},status\nd,a,0,,killed\nd,a,1,,killed\n"),
            "none of 2 runs has a result: 2 runs with status killed",
        ),
        (format!("{header},seed\nd,a,0,1,0\n"), "two columns are called `seed`"),
        (format!("# by hand\n{header}\nd,a,0,1\n"), "the first line begins with `#`"),
        (format!("{header}\nd,a,0,1\n#d,a,1,2\n"), "row 2 (line 3): it begins with `#`"),
        (format!("{header}\nd,a,0,1\nd,a,1,\"1,5\"\n"), "row 2: `test_loss` is `1,5`, with a decimal comma"),
        (format!("{header}\nd,a,0,1\nd,a,1,1,5\n"), "row 2 (line 3): 5 cells"),
        (format!("{header}\nd,\"a,0,1\nd,a,1,1\n"), "row 1 (line 2): a quotation mark is opened"),
        ("[{\"dataset\": \"d\"}]".to_owned(), "is JSON"),
        (String::new(), "is empty"),
    ] {
        let message = of_text(&text, &[]).unwrap_err();
        assert!(message.contains(words), "{text}: {message}");
    }
}

#[test]
fn what_other_programs_add_changes_nothing() {
    let plain = "dataset,condition,seed,test_loss\nd,baseline,0,1.25\nd,baseline,1,1.5\nd,jump,0,1.75\nd,jump,1,1.5\n";
    let expected = of_text(plain, &[]).unwrap();
    let indexed: String = plain.lines().enumerate().map(|(n, line)| format!("{n},{line}\n")).collect();
    for text in [
        format!("\u{feff}{}", plain.replace('\n', "\r\n")),
        plain.replace('\n', "\n\n"),
        indexed.replacen("0,", ",", 1),
        indexed.replacen("0,", "Unnamed: 0,", 1),
        plain.replace(",0,", ",0.0,").replace(",1,", ", 1.0 ,"),
    ] {
        let name = |text: &str| text.lines().skip(1).collect::<Vec<_>>().join("\n");
        assert_eq!(name(&of_text(&text, &[]).unwrap()), name(&expected), "{text}");
    }
    let padded = of_text(&plain.replace("jump,1", "jump ,1"), &[]).unwrap();
    assert!(
        padded.contains("Blanks around labels were taken away: 1 cell of \\`condition\\`, first in row 4"),
        "{padded}"
    );
}

#[test]
fn an_estimate_is_of_the_runs_that_its_interval_is_of() {
    // Four of five seeds are shared; a run of a seed of its own is far off.
    let text = report(&fixture("unshared.csv"), &[]).unwrap();
    assert!(text.contains(r"| +0.1025 | \[0.08727, 0.1177] | paired t, Wilcoxon |"), "{text}");
}

#[test]
fn decimals_of_one_size_are_tied() {
    // Ranks are 1 and five times 4: half of all sign patterns have the observed sum of 12 or more.
    let text = report(&fixture("ties.csv"), &[]).unwrap();
    let row = text.lines().find(|line| line.starts_with("| mnist | treated − baseline |")).unwrap();
    assert_eq!(row.split(" | ").nth(7), Some("1.00 (1.00)"), "{row}");
}

#[test]
fn roles_are_for_tables_of_one_s_own() {
    for option in [&["--baseline", "a"][..], &["--trend-column", "a"], &["--value", "a"], &["--higher-is-better"]] {
        assert!(Arguments::try_parse_from([&["report", "--all"][..], option].concat()).is_err(), "{option:?}");
    }
}
