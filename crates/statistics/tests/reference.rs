//! Agreement with scipy and statsmodels, by the table that `fixtures/make_reference.py` writes: 1e-9 for statistics, 1e-6 for
//! p-values, Monte-Carlo error for bootstrap intervals.

use serde_json::Value;
use statistics::*;

fn reference() -> Value {
    serde_json::from_str(include_str!("fixtures/reference.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

/// A case of the reference, by what it is called in messages.
struct Case<'a> {
    name: String,
    expected: &'a Value,
}

impl Case<'_> {
    fn statistic(&self, field: &str, found: f64) {
        let expected =
            self.expected[field].as_f64().unwrap_or_else(|| panic!("{}: no {field}, found {found}", self.name));
        let error = (found - expected).abs();
        assert!(error <= 1e-9 * expected.abs().max(1.0), "{}, {field}: {found}, expected {expected}", self.name);
    }

    fn p(&self, field: &str, found: f64) {
        let expected = self.expected[field].as_f64().unwrap();
        let error = (found - expected).abs();
        assert!(error <= 1e-6 * expected + 1e-12, "{}, {field}: {found}, expected {expected}", self.name);
        assert!((0.0..=1.0).contains(&found), "{}, {field}: {found}", self.name);
    }

    fn root(&self, field: &str, found: f64) {
        let expected = self.expected[field].as_f64().unwrap();
        let error = (found - expected).abs();
        assert!(error <= 1e-6 * expected.abs().max(1.0), "{}, {field}: {found}, expected {expected}", self.name);
    }

    fn tails(&self, p: PValues) {
        self.p("p", p.two_sided);
        self.p("less", p.less);
        self.p("greater", p.greater);
    }
}

/// Runs `check` where the reference has a value, and asserts that ours is not defined where it has none.
fn both<T: std::fmt::Debug>(case: &Value, field: &str, found: Defined<T>, check: impl Fn(Case<'_>, T)) {
    let name = format!("{}, {field}", case["name"].as_str().unwrap());
    match (&case[field], found) {
        (Value::Null, Err(_)) => {}
        (Value::Null, Ok(found)) => panic!("{name}: {found:?}, expected none"),
        (_, Err(reason)) => panic!("{name}: not defined ({reason})"),
        (expected, Ok(found)) => check(Case { name, expected }, found),
    }
}

fn check_t(case: Case<'_>, test: TTest) {
    case.statistic("difference", test.difference);
    case.statistic("t", test.t);
    case.statistic("degrees", test.degrees);
    case.statistic("low", test.interval.low);
    case.statistic("high", test.interval.high);
    case.tails(test.p);
}

fn check_ranks(case: Case<'_>, test: RankTest) {
    case.statistic("statistic", test.statistic);
    assert_eq!(Some(test.method == Method::Exact), case.expected["exact"].as_bool(), "{}", case.name);
    assert!(test.smallest_p <= test.p.two_sided + 1e-12, "{}: {test:?}", case.name);
    case.tails(test.p);
}

#[test]
fn t_tests_agree() {
    for case in list(&reference(), "comparisons") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        both(case, "welch", welch(&x, &y, 0.95), check_t);
        both(case, "paired", paired_t(&x, &y, 0.95), check_t);
    }
}

#[test]
fn rank_tests_agree() {
    for case in list(&reference(), "comparisons") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        // The reference leaves out what it would have to enumerate for too long.
        if !case["mann_whitney"].is_null() {
            both(case, "mann_whitney", mann_whitney(&x, &y), check_ranks);
        }
        if !case["wilcoxon"].is_null() {
            both(case, "wilcoxon", wilcoxon(&x, &y), check_ranks);
        }
    }
}

#[test]
fn effect_sizes_agree() {
    for case in list(&reference(), "comparisons") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        both(case, "hedges", hedges_g(&x, &y, 0.95), |case, g| {
            case.statistic("g", g.value);
            let interval = g.interval.unwrap();
            case.root("low", interval.low);
            case.root("high", interval.high);
        });
        both(case, "cliff", cliff_delta(&x, &y, 0.95), |case, delta| {
            case.statistic("delta", delta.value);
            match delta.interval {
                Ok(interval) => {
                    case.statistic("low", interval.low);
                    case.statistic("high", interval.high);
                }
                Err(_) => assert!(case.expected["low"].is_null(), "{}", case.name),
            }
            case.statistic("improvement", probability_of_improvement(&x, &y, 0.95).unwrap().value);
        });
        both(case, "ratio", ratio_welch(&x, &y, 0.95), check_ratio);
        both(case, "ratio_paired", ratio_paired(&x, &y, 0.95), check_ratio);
    }
}

fn check_ratio(case: Case<'_>, ratio: Ratio) {
    case.statistic("difference", ratio.ratio);
    case.statistic("low", ratio.interval.low);
    case.statistic("high", ratio.interval.high);
    case.p("p", ratio.test.p.two_sided);
}

#[test]
fn correlations_agree() {
    for case in list(&reference(), "comparisons") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        both(case, "spearman", spearman(&x, &y, 0.95), |case, found| {
            case.statistic("rho", found.rho.value);
            case.tails(found.p);
            match found.rho.interval {
                Ok(interval) => {
                    case.statistic("low", interval.low);
                    case.statistic("high", interval.high);
                }
                Err(_) => assert!(case.expected["low"].is_null(), "{}", case.name),
            }
        });
    }
}

#[test]
fn equivalence_agrees() {
    for case in list(&reference(), "comparisons") {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        let check = |case: Case<'_>, e: Equivalence| {
            case.p("p", e.p);
            case.p("p_low", e.p_low);
            case.p("p_high", e.p_high);
            case.statistic("difference", e.difference);
            match e.interval {
                Ok(interval) => {
                    case.root("low", interval.low);
                    case.root("high", interval.high);
                }
                Err(_) => assert!(case.expected["low"].is_null() || case.expected["high"].is_null(), "{}", case.name),
            }
        };
        both(case, "equivalence", equivalence_welch(&x, &y, &y, 0.05), check);
        both(case, "equivalence_paired", equivalence_paired(&x, &y, &y, 0.05), check);
    }
}

#[test]
fn summaries_agree() {
    for case in list(&reference(), "comparisons") {
        let x = numbers(&case["x"]);
        let case = Case { name: case["name"].to_string(), expected: &case["summary"] };
        case.statistic("mean", mean(&x).unwrap());
        case.statistic("median", median(&x).unwrap());
        case.statistic("iqm", interquartile_mean(&x).unwrap());
        match standard_deviation(&x) {
            Ok(std) => case.statistic("std", std),
            Err(_) => assert!(case.expected["std"].is_null(), "{}", case.name),
        }
        match t_interval(&x, 0.95) {
            Ok(interval) => {
                case.statistic("low", interval.low);
                case.statistic("high", interval.high);
            }
            Err(_) => assert!(case.expected["low"].is_null(), "{}", case.name),
        }
        let resamples = Resamples::new(x.len(), RESAMPLES);
        match bca_interval(&x, 0.95, resamples.as_ref()) {
            Ok(interval) => {
                let expected = |field: &str| case.expected[field].as_f64().unwrap();
                let (low, high, error) = (expected("bca_low"), expected("bca_high"), expected("bca_error"));
                let near = (interval.low - low).abs() <= error && (interval.high - high).abs() <= error;
                assert!(near, "{}: {interval:?}, expected {low} to {high} within {error}", case.name);
            }
            Err(_) => assert!(case.expected["bca_low"].is_null(), "{}", case.name),
        }
    }
}

#[test]
fn trends_agree() {
    let reference = reference();
    for (index, case) in list(&reference, "trends").iter().chain(list(&reference, "tied_trends")).enumerate() {
        let groups: Vec<Vec<f64>> = list(case, "groups").iter().map(numbers).collect();
        let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
        if !case["jonckheere"].is_null() {
            let name = format!("trend {index}");
            check_ranks(Case { name, expected: &case["jonckheere"] }, jonckheere(&slices).unwrap());
        }
    }
    for (index, expected) in list(&reference, "pages").iter().enumerate() {
        let rows: Vec<Vec<f64>> = list(expected, "rows").iter().map(numbers).collect();
        let (case, test) = (Case { name: format!("page {index}"), expected }, page(&rows).unwrap());
        case.statistic("statistic", test.statistic);
        case.p("greater", test.p.greater);
        case.p("less", test.p.less);
        assert_eq!(Some(test.method == Method::Exact), expected["exact"].as_bool(), "{}", case.name);
    }
}

#[test]
fn power_agrees() {
    for (index, expected) in list(&reference(), "powers").iter().enumerate() {
        let size = |field: &str| expected[field].as_u64().unwrap() as usize;
        let (n, m, effect) = (size("n"), size("m"), expected["effect"].as_f64().unwrap());
        let case = Case { name: format!("power {index}"), expected };
        let found = match expected["kind"].as_str().unwrap() {
            "paired" => power_paired(effect, n, 0.05),
            _ => power_independent(effect, n, m, 0.05),
        };
        case.p("power", found.unwrap());
    }
    for expected in list(&reference(), "sizes") {
        let effect = expected["effect"].as_f64().unwrap();
        let size = |field: &str| expected[field].as_u64().unwrap() as usize;
        let least = |n: usize, power: &dyn Fn(usize) -> f64| power(n) >= POWER && (n == 2 || power(n - 1) < POWER);
        assert!(least(size("pairs"), &|n| power_paired(effect, n, 0.05).unwrap()), "{effect}");
        assert!(least(size("values"), &|n| power_independent(effect, n, n, 0.05).unwrap()), "{effect}");
    }
}

#[test]
fn holm_agrees() {
    for family in list(&reference(), "families") {
        for (found, expected) in holm(&numbers(&family["p"])).into_iter().zip(numbers(&family["holm"])) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }
}

fn groups(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn estimate(case: &Case<'_>, found: Estimate) {
    case.statistic("value", found.value);
    let interval = found.interval.unwrap();
    case.statistic("low", interval.low);
    case.statistic("high", interval.high);
}

#[test]
fn sizes_of_trends_agree() {
    for (index, expected) in list(&reference(), "page_effects").iter().enumerate() {
        let case = Case { name: format!("rank correlation {index}"), expected };
        estimate(&case, mean_rank_correlation(&groups(&expected["rows"]), 0.95).unwrap());
    }
    for (index, expected) in list(&reference(), "concordances").iter().enumerate() {
        let case = Case { name: format!("concordance {index}"), expected };
        let groups = groups(&expected["groups"]);
        estimate(&case, concordance(&groups.iter().map(Vec::as_slice).collect::<Vec<_>>(), 0.95).unwrap());
    }
}

#[test]
fn the_additive_model_agrees() {
    for (index, expected) in list(&reference(), "additives").iter().enumerate() {
        let cell = |row: &Value| {
            let row = numbers(row);
            Cell { group: row[0] as usize, block: row[1] as usize, value: row[2] }
        };
        let cells: Vec<Cell> = list(expected, "cells").iter().map(cell).collect();
        let found = Additive::fit(&cells).unwrap().difference(1, 0, 0.95).unwrap();
        let case = Case { name: format!("additive {index}"), expected };
        case.statistic("difference", found.difference);
        case.statistic("t", found.t);
        case.statistic("degrees", found.degrees);
        case.statistic("low", found.interval.low);
        case.statistic("high", found.interval.high);
        case.p("p", found.p.two_sided);
    }
}

#[test]
fn stratified_means_agree() {
    for (index, expected) in list(&reference(), "stratified").iter().enumerate() {
        let case = Case { name: format!("stratified {index}"), expected };
        let strata = groups(&expected["strata"]);
        let slices: Vec<&[f64]> = strata.iter().map(Vec::as_slice).collect();
        let found = stratified_interquartile_mean(&slices, 0.95).unwrap();
        case.statistic("value", found.value);
        let (interval, error) = (found.interval.unwrap(), expected["error"].as_f64().unwrap());
        for (end, field) in [(interval.low, "low"), (interval.high, "high")] {
            assert!((end - expected[field].as_f64().unwrap()).abs() <= error, "{}: {interval:?}", case.name);
        }
    }
}

#[test]
fn looks_agree() {
    for expected in list(&reference(), "looks") {
        let found = looks(&numbers(&expected["information"]), 0.05).unwrap();
        for (look, level) in found.iter().zip(numbers(&expected["levels"])) {
            // The multivariate normal distribution is integrated by random points.
            assert!((look.level - level).abs() < 1e-5 * (1.0 + level), "{look:?}, expected {level}");
        }
    }
}
