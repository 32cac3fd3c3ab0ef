//! The measuring program at its smallest: what it does without PyTorch and without datasets, and what it writes. Nothing
//! here asserts a time.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs a part without Python and datasets; what it printed and wrote.
fn quick(part: &str, folder: &Path) -> (String, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args([part, "--quick", "--device", "cpu", "--python", "/nonexistent/python", "--data", "none", "--out", "out"])
        .current_dir(folder)
        .output()
        .expect("the program starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{text}");
    let json = std::fs::read(folder.join("out").join(format!("{part}.json"))).expect("the part writes its numbers");
    assert!(folder.join("out").join(format!("{part}.md")).exists());
    assert!(!folder.join("none").exists(), "a quick check fetches nothing");
    (text, serde_json::from_slice(&json).expect("it is JSON"))
}

fn positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number > 0.0)
}

#[test]
fn steps_run_without_pytorch_and_say_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let (text, json) = quick("steps", folder.path());
    for part in ["Left out: PyTorch", "/nonexistent/python", "requirements.txt", "--python", "ours, side by side"] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert_eq!((&json["quick"], &json["result"]["settings"][0]["width"]), (&Value::from(true), &Value::from(8)));
    let sides = json["result"]["settings"][0]["sides"].as_array().unwrap();
    let named: Vec<_> = sides.iter().map(|side| (side["precision"].as_str(), side["jobs"].as_u64())).collect();
    let jobs = sides[1]["jobs"].as_u64();
    assert_eq!(named, [(Some("bf16"), Some(1)), (Some("bf16"), jobs), (Some("fp32"), Some(1)), (Some("fp32"), jobs)]);
    assert!(sides.iter().all(|side| positive(&side["images_per_second"]["median"]) && positive(&side["gflops"])));
    assert!(positive(&json["machine"]["cores"]));
}

#[test]
fn figures_are_left_out_without_images_and_it_is_said_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    let (text, json) = quick("figure", folder.path());
    assert!(text.contains("cargo xtask figure 6"), "{text}");
    assert_eq!(json["result"]["figures"], Value::Array(Vec::new()));
}

#[test]
fn shares_of_an_epoch_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let (_, json) = quick("share", folder.path());
    let setting = &json["result"]["settings"][0];
    let round = |name: &str| setting[name]["values"][0].as_f64().unwrap();
    assert!(
        (round("outside_model") - round("validation") - round("batches") - round("looks") - round("rest")).abs() < 1e-9
    );
    let model = (round("steps_seconds") - round("batches_seconds")) / round("epoch_seconds");
    assert!((round("outside_model") + model - 1.0).abs() < 1e-9);
    assert_eq!((&setting["train_images"], &setting["validation_images"]), (&Value::from(1152), &Value::from(128)));
    assert!(["steps_seconds", "batches_seconds", "validation_seconds"].iter().all(|part| round(part) > 0.0));
}

#[test]
fn growth_counts_its_stages() {
    let folder = tempfile::tempdir().unwrap();
    let (text, json) = quick("growth", folder.path());
    assert!(text.contains("Left out: memory"), "{text}");
    let stages = &json["result"]["stages"][0];
    assert_eq!((&stages["stages"], &stages["runs"]), (&Value::from(100), &Value::from(90)));
    for name in ["planning_seconds", "survey_seconds", "inspect_seconds", "report_seconds"] {
        assert!(positive(&stages[name]["median"]), "{name}");
    }
    assert!(positive(&stages["report_peak_resident_bytes"]));
    assert_eq!(json["result"]["jobs"].as_array().unwrap().len(), 2);
}

#[test]
fn precisions_are_compared_by_seed() {
    let folder = tempfile::tempdir().unwrap();
    let (_, json) = quick("precision", folder.path());
    let conditions = json["result"]["conditions"].as_array().unwrap();
    assert_eq!(conditions.len(), 2);
    for condition in conditions {
        assert_eq!(condition["pairs"].as_array().unwrap().len(), 3);
        assert!(condition["difference"]["low"].as_f64() < condition["difference"]["high"].as_f64());
    }
}
