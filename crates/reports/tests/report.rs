//! The program from a table of runs to its files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Parser;
use reports::ReportError;
use reports::command::{Arguments, run};

fn report(arguments: &[&str]) -> Result<Vec<PathBuf>, ReportError> {
    run(&Arguments::try_parse_from(["report"].iter().chain(arguments)).unwrap())
}

/// Figure 6 on CIFAR-10: resets end clearly lower, and one run diverged.
fn figure_6(seeds: u64) -> String {
    let mut text = "dataset,condition,seed,status,test_loss,train_loss,best_epoch,version\n".to_owned();
    let conditions = [
        ("baseline", 1.2, 10),
        ("[No, No]", 1.5, 10),
        ("[No, Yes]", 1.3, 12),
        ("[Yes, No]", 1.31, 13),
        ("[Yes, Yes]", 1.25, 15),
    ];
    for (salt, (condition, level, epochs)) in (0u64..).zip(conditions) {
        for seed in 0..seeds {
            let wobble = ((seed * seed * (salt + 1) + 3 * salt) % 7) as f64 * 0.004;
            let (test, train, epoch) = (level + wobble, 0.3 + wobble, epochs + seed % 2);
            writeln!(text, "cifar10,\"{condition}\",{seed},finished,{test},{train},{epoch},0.1.0").unwrap();
        }
    }
    text.push_str("cifar10,\"[Yes, Yes]\",99,diverged,,,,0.1.0\n");
    text
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_figure_becomes_a_report_claims_and_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(root, "reports/demo/fig6/runs.csv", &figure_6(6));
    put(root, "reports/demo/fig6/settings.json", "{\"note\": \"<b>\"}\n");
    put(root, "figures/demo/fig6.svg", "<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 1 1\"><text>drawn</text></svg>\n");
    report(&["--figure", "6", "--scale", "demo", "--html", "--out", root.to_str().unwrap()]).unwrap();

    let read = |path: &str| std::fs::read_to_string(root.join("reports/demo").join(path)).unwrap();
    let markdown = read("fig6/report.md");
    assert!(markdown.contains("demo scale") && markdown.contains("1 failed"), "{markdown}");
    let claims = read("claims.md");
    for sentence in [
        "claim 6a is reproduced",
        "claim 6c is supported where tested, in 1 of the 3 parts",
        "claim 7a",
        "there are no data for claim 3a: it needs runs of Figure 3",
    ] {
        assert!(claims.contains(sentence), "{sentence}: {claims}");
    }
    let verdicts = claims.lines().filter(|line| line.starts_with("**"));
    assert!(verdicts.clone().count() == 19 && verdicts.clone().all(|line| line.contains("At demo scale")), "{claims}");
    let page = read("index.html");
    assert!(page.contains("<text>drawn</text>") && page.contains("&lt;b&gt;") && !page.contains("<b>"));
    assert!(!page.contains("<?xml") && !page.contains("src=\"http") && page.contains("[Yes, Yes]"));
    let tests = read("fig6/tests.csv");
    assert!(tests.starts_with("dataset,against,condition,other,test,n,") && tests.lines().count() > 7 * 9, "{tests}");
    let json: serde_json::Value = serde_json::from_str(&read("fig6/report.json")).unwrap();
    assert_eq!(json["scale"], "demo");
    assert_eq!(json["summaries"].as_array().unwrap().len(), 5);
    for file in [
        "fig6/report.md",
        "fig6/summary.csv",
        "fig6/tests.csv",
        "fig6/report.json",
        "claims.md",
        "claims.csv",
        "index.html",
    ] {
        let text = read(file);
        assert!(!text.contains("NaN") && !text.contains("inf,"), "{file}");
    }
    // The same table gives the same bytes.
    report(&["--all", "--scale", "demo", "--html", "--out", root.to_str().unwrap()]).unwrap();
    assert_eq!(
        (read("claims.md"), read("fig6/report.json"), read("index.html")),
        (claims, read("fig6/report.json"), page)
    );
}

#[test]
fn two_seeds_are_inconclusive_and_one_is_not_defined() {
    for (seeds, words) in [(2, "inconclusive"), (1, "fewer than two values")] {
        let folder = tempfile::tempdir().unwrap();
        // Differences of two seeds that are hardly a pattern.
        let text = "dataset,condition,seed,test_loss\ncifar10,\"[No, No]\",0,1.3\ncifar10,\"[No, No]\",1,1.5\n\
                    cifar10,\"[Yes, Yes]\",0,1.2\ncifar10,\"[Yes, Yes]\",1,1.55\n";
        let kept: Vec<&str> = text.lines().filter(|line| seeds == 2 || !line.contains(",1,")).collect();
        put(folder.path(), "reports/lite/fig6/runs.csv", &(kept.join("\n") + "\n"));
        report(&["--figure", "6", "--scale", "lite", "--out", folder.path().to_str().unwrap()]).unwrap();
        let claims = std::fs::read_to_string(folder.path().join("reports/lite/claims.md")).unwrap();
        assert!(claims.contains(words) && claims.contains("inconclusive on claim 6a"), "{claims}");
    }
}

#[test]
fn learning_rates_and_numbers_of_tasks_decide_their_claims() {
    let folder = tempfile::tempdir().unwrap();
    let wobble = |seed: u64, salt: u64| ((seed * 13 + salt * 5) % 7) as f64 * 0.003;
    let mut rates = "dataset,condition,seed,test_loss,train_loss\n".to_owned();
    let mut tasks = rates.clone();
    for seed in 0..5 {
        let conditions = [
            ("baseline", 1.2),
            ("(5e-4, 5e-4)", 1.6),
            ("(1e-3, 1e-3)", 1.5),
            ("(2e-3, 2e-3)", 1.45),
            ("(1e-3, 5e-4)", 1.62),
            ("(1e-3, 2e-3)", 1.35),
        ];
        for (salt, (condition, level)) in (0..).zip(conditions) {
            writeln!(rates, "svhn,\"{condition}\",{seed},{},0.2", level + wobble(seed, salt)).unwrap();
        }
        for (salt, (condition, level)) in
            (0..).zip([("baseline", 1.2), ("blur N=2", 1.5), ("blur N=3", 1.4), ("blur N=5", 1.3), ("blur N=9", 1.22)])
        {
            writeln!(tasks, "cifar10,{condition},{seed},{},0.2", level + wobble(seed, salt)).unwrap();
        }
    }
    put(folder.path(), "reports/paper/fig3/runs.csv", &rates);
    put(folder.path(), "reports/paper/fig4/runs.csv", &tasks);
    report(&["--all", "--scale", "paper", "--out", folder.path().to_str().unwrap()]).unwrap();
    let claims = std::fs::read_to_string(folder.path().join("reports/paper/claims.md")).unwrap();
    for (id, parts) in [("3a", "1 of the 3"), ("3b", "1 of the 3"), ("3c", "1 of the 3"), ("4a", "2 of the 4")] {
        assert!(claims.contains(&format!("claim {id} is supported where tested, in {parts} parts")), "{id}: {claims}");
    }
    assert!(claims.contains("There are no runs for: cifar10; fashion-mnist."), "{claims}");
}

/// A part of 4a is on seeds that three conditions share, and says how many these are.
#[test]
fn a_gap_is_halved_on_shared_seeds_alone() {
    for (first_seed, expected) in [(2, "| one-sample t | 3 / 3 / 3 |"), (5, "| one-sample t | 0 / 0 / 0 |")] {
        let folder = tempfile::tempdir().unwrap();
        let mut tasks = "dataset,condition,seed,test_loss\n".to_owned();
        let conditions =
            [("baseline", 1.2, 0..5), ("blur N=2", 1.5, 0..5), ("blur N=9", 1.22, first_seed..first_seed + 5)];
        for (salt, (condition, level, seeds)) in (0..).zip(conditions) {
            for seed in seeds {
                let wobble = f64::from((seed * 13 + salt * 5) % 7) * 0.003;
                writeln!(tasks, "cifar10,{condition},{seed},{}", level + wobble).unwrap();
            }
        }
        put(folder.path(), "reports/paper/fig4/runs.csv", &tasks);
        report(&["--all", "--scale", "paper", "--out", folder.path().to_str().unwrap()]).unwrap();
        let claims = std::fs::read_to_string(folder.path().join("reports/paper/claims.md")).unwrap();
        let part = claims.lines().find(|line| line.contains("blur: gap at the largest N")).unwrap();
        assert!(part.contains(expected), "{part}");
        assert_eq!(part.contains("not defined (the table has no such values)"), first_seed == 5, "{part}");
    }
}

/// A dataset on which no intervention lowers the loss is a part that claim 7b names and does not test.
#[test]
fn where_nothing_lowers_the_loss_longer_paths_are_not_reproduced() {
    for (loss_of_double, verdict) in
        [(1.3, "claim 7b is reproduced"), (1.6, "claim 7b is supported where tested, in 2 of the 3 parts")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = "dataset,condition,seed,is_baseline,path,tasks,lr_1,lr_2,source_blur,network,bias_reset_first,\
                        bias_reset_last,source_contrast,source_shift,target_blur,target_contrast,target_shift,\
                        interventions,test_loss,path_length\n"
            .to_owned();
        for (dataset, double) in [("cifar10", 1.3), ("fashion-mnist", loss_of_double), ("svhn", 1.3)] {
            for seed in 0..6 {
                let wobble = f64::from(seed * 13 % 7) * 0.003;
                for (condition, level, length) in [
                    ("baseline,%,true,standard,1,1e-3,1e-3,1", 1.2, 10.0),
                    ("plain,%,false,blur,2,1e-3,1e-3,0.25", 1.5, 20.0),
                    ("double,%,false,blur,2,1e-3,2e-3,0.25", double, 30.0),
                ] {
                    let condition = condition.replace('%', &seed.to_string());
                    let (loss, length) = (level + wobble, length * (1.0 + wobble));
                    writeln!(runs, "{dataset},{condition},resnet18,0,0,1,0,1,1,0,,{loss},{length}").unwrap();
                }
            }
        }
        put(folder.path(), "reports/paper/fig9/runs.csv", &runs);
        report(&["--all", "--scale", "paper", "--out", folder.path().to_str().unwrap()]).unwrap();
        let claims = std::fs::read_to_string(folder.path().join("reports/paper/claims.md")).unwrap();
        assert!(claims.contains(verdict), "{claims}");
        assert_eq!(claims.contains("no intervention lowered the loss here"), loss_of_double > 1.5, "{claims}");
    }
}

#[test]
fn a_table_of_one_s_own_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "mine.csv", "dataset,condition,seed,test_loss\nd,a,0,1\nd,a,1,2\nd,b,0,1.5\nd,b,2,1.75\n");
    let (file, out) = (folder.path().join("mine.csv"), folder.path().join("out"));
    let (file, out) = (file.to_str().unwrap(), out.to_str().unwrap());
    let written = report(&["--runs", file, "--out", out, "--html"]).unwrap();
    assert!(written.iter().all(|path| path.exists()) && written.len() == 2);
    let markdown = std::fs::read_to_string(&written[0]).unwrap();
    assert!(
        markdown.contains("seed 2 only in b; seed 0") || markdown.contains("seed 2 only in b; seed 1 only in a"),
        "{markdown}"
    );

    let refusal = report(&["--runs", file, "--out", out, "--reference", "z"]).unwrap_err().to_string();
    assert!(refusal.contains("no condition `z`") && refusal.contains("a; b"), "{refusal}");
}

#[test]
fn what_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let refusal = |arguments: &[&str]| report(&[arguments, &["--out", out]].concat()).unwrap_err().to_string();
    assert!(refusal(&["--figure", "6"]).contains("runs.csv"));
    assert!(refusal(&["--figure", "2"]).contains("figures with runs are 3, 4, 5, 6, 8"));
    assert!(refusal(&["--all", "--scale", "paper"]).contains("no table of runs at paper scale"));
    assert!(refusal(&["--all", "--scale", "../x"]).contains("no scale"));
    put(folder.path(), "bad.csv", "dataset,condition,seed\nd,a,0\n");
    let file = folder.path().join("bad.csv");
    assert!(refusal(&["--runs", file.to_str().unwrap()]).contains("no column `test_loss`"));
}

#[test]
fn a_hundred_thousand_rows_are_summarised_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "dataset,condition,seed,test_loss\n".to_owned();
    let rows = if cfg!(debug_assertions) { 2_000 } else { 100_000 };
    for row in 0..rows {
        let (dataset, condition, seed) = (row % 4, row / 4 % 25, row / 100);
        let name = if condition == 0 { "baseline".to_owned() } else { format!("condition {condition}") };
        let loss = 1.0 + f64::from(row * 7919 % 10_007) / 10_007.0 + f64::from(condition) * 0.01;
        writeln!(text, "set{dataset},{name},{seed},{loss}").unwrap();
    }
    put(folder.path(), "many.csv", &text);
    let (file, out) = (folder.path().join("many.csv"), folder.path().join("out"));
    report(&["--runs", file.to_str().unwrap(), "--out", out.to_str().unwrap(), "--html"]).unwrap();
    let summary = std::fs::read_to_string(out.join("summary.csv")).unwrap();
    assert_eq!(summary.lines().count(), 1 + 100);
    assert!(summary.lines().skip(1).all(|line| line.split(',').nth(2) == Some(&(rows / 100).to_string())));
}

#[test]
fn figures_of_different_versions_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let table = |stage: &str| {
        let row = |condition, seed, baseline, path, tasks, loss, stage| {
            format!(
                "mnist,{condition},{seed},{baseline},resnet18,{path},{tasks},0.001,0.001,0,0,1,1,0,1,1,0,,{loss},{stage}\n"
            )
        };
        let header = "dataset,condition,seed,is_baseline,network,path,tasks,lr_1,lr_2,bias_reset_first,bias_reset_last,source_blur,\
                      source_contrast,source_shift,target_blur,target_contrast,target_shift,interventions,test_loss,stage\n";
        [
            header.to_owned(),
            row("baseline", 0, true, "standard", 1, 1.0, stage),
            row("baseline", 1, true, "standard", 1, 1.1, "b"),
            row("after", 0, false, "blur", 2, 1.5, "c"),
            row("after", 1, false, "blur", 2, 1.6, "d"),
        ]
        .concat()
    };
    put(root, "reports/demo/fig3/runs.csv", &table("a"));
    put(root, "reports/demo/fig3/settings.json", "{\"lr\": 0.001, \"seeds\": [0, 1]}\n");
    put(root, "reports/demo/fig6/settings.json", "{\"lr\": 0.001, \"seeds\": [0, 1, 2]}\n");
    let claims = |stage: &str| {
        put(root, "reports/demo/fig6/runs.csv", &table(stage));
        report(&["--all", "--scale", "demo", "--out", root.to_str().unwrap()]).unwrap();
        std::fs::read_to_string(root.join("reports/demo/claims.md")).unwrap()
    };
    assert!(!claims("a").contains("different versions"));
    let other = claims("e");
    assert!(other.contains("The baselines of Figure 3 and Figure 6 are not the same trainings"), "{other}");
    // With other settings they are other trainings, rightly.
    put(root, "reports/demo/fig6/settings.json", "{\"lr\": 0.01, \"seeds\": [0, 1, 2]}\n");
    assert!(!claims("e").contains("different versions"));
}
