//! Learning rates of schedules against `torch.optim.lr_scheduler`.

use paths::{Cosine, LearningProcess, Schedule, StepDecay, WarmUp};

use crate::fixture::json;

#[test]
fn rates_are_those_of_the_schedulers() {
    let reference = json("schedules.json");
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 24);
    for case in cases {
        let number = |key: &str| case[key].as_f64().unwrap();
        let epochs = |key: &str| case[key].as_u64().unwrap() as usize;
        let rates = case["rates"].as_array().unwrap();
        let schedule = match case["schedule"].as_str().unwrap() {
            "constant" => Schedule::Constant,
            "step" => Schedule::Step(StepDecay { every: epochs("step_size"), factor: number("gamma") }),
            "cosine" => Schedule::Cosine(Cosine { epochs: None, floor: number("final_fraction") }),
            "warm_up" => Schedule::WarmUp(WarmUp { epochs: epochs("epochs"), from: number("start_factor") }),
            other => panic!("{other}"),
        };
        let process = LearningProcess {
            lr: number("learning_rate"),
            schedule,
            max_epochs: rates.len(),
            ..LearningProcess::default()
        };
        for (epoch, expected) in rates.iter().enumerate() {
            let (found, expected) = (process.lr_in(epoch), expected.as_f64().unwrap());
            assert!((found / expected - 1.0).abs() < 1e-12, "{case}: {found} for {expected} in epoch {epoch}");
        }
    }
}
