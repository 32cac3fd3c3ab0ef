//! Best epoch and number of epochs on reference traces, ties included.

use training::EarlyStopping;

use crate::fixture::json;

#[test]
fn traces_end_where_the_reference_ends() {
    let reference = json("early_stopping.json");
    let cases = reference["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 21);
    for case in cases {
        let number = |key: &str| case[key].as_u64().unwrap() as usize;
        let losses: Vec<f64> = case["losses"].as_array().unwrap().iter().map(|l| l.as_f64().unwrap()).collect();
        let mut stopping = EarlyStopping::new(number("patience"));
        let (mut epochs, mut best_loss) = (0, f64::NAN);
        for &loss in &losses[..number("max_epochs").min(losses.len())] {
            let verdict = stopping.observe(epochs, loss);
            epochs += 1;
            if verdict.is_best {
                best_loss = loss;
            }
            if verdict.stop {
                break;
            }
        }
        let name = case["name"].as_str().unwrap();
        assert_eq!(epochs, number("epochs_run"), "{name}");
        assert_eq!(stopping.best_epoch().map(|e| e + 1), Some(number("best_epoch")), "{name}");
        assert_eq!(Some(best_loss), case["best_loss"].as_f64(), "{name}");
    }
}
