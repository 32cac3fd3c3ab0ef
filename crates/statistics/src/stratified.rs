//! The interquartile mean of several samples together.

use crate::interval::{Estimate, Interval};
use crate::location::interquartile_mean;
use crate::not_defined::{Defined, NotDefined};
use crate::resamples::{Resamples, quantile};

/// How many resamples the interval uses (rliable's default).
const RESAMPLES: usize = 2_000;

/// The interquartile mean of all values of all strata with its percentile interval by stratified bootstrap, in which each stratum
/// is resampled on its own (Agarwal et al. 2021; `rliable.library.get_interval_estimates` of `aggregate_iqm`, the strata being
/// tasks).
///
/// # Errors
/// For no stratum, an empty one, a value that is not finite, and a setting outside its range; the interval needs two values a
/// stratum.
pub fn stratified_interquartile_mean(strata: &[&[f64]], confidence: f64) -> Defined<Estimate> {
    if strata.is_empty() || strata.iter().any(|stratum| stratum.is_empty()) {
        return Err(NotDefined::TooFew { needed: 1 });
    }
    if confidence <= 0.0 || confidence >= 1.0 || confidence.is_nan() {
        return Err(NotDefined::BadSetting);
    }
    let value = interquartile_mean(&strata.concat())?;
    Ok(Estimate { value, interval: interval(strata, confidence) })
}

fn interval(strata: &[&[f64]], confidence: f64) -> Defined<Interval> {
    if strata.iter().any(|stratum| stratum.len() < 2) {
        return Err(NotDefined::TooFew { needed: 2 });
    }
    let resamples: Vec<Resamples> = strata
        .iter()
        .enumerate()
        .map(|(index, stratum)| Resamples::drawn(stratum.len(), RESAMPLES, index as u64))
        .collect::<Option<_>>()
        .ok_or(NotDefined::TooMany { limit: Resamples::LARGEST })?;
    let mut drawings: Vec<_> = resamples.iter().map(Resamples::iter).collect();
    let mut found = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let mut values = Vec::new();
        for (stratum, drawing) in strata.iter().zip(&mut drawings) {
            values.extend(drawing.next().unwrap_or_default().iter().map(|&i| stratum[usize::from(i)]));
        }
        found.push(interquartile_mean(&values)?);
    }
    let tail = (1.0 - confidence) / 2.0;
    Ok(Interval { low: quantile(&mut found, tail), high: quantile(&mut found, 1.0 - tail) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_do_not_mix() {
        // Resampled together, one stratum could be missing: resampled apart, the mean stays between the strata.
        let estimate =
            stratified_interquartile_mean(&[&[0.0, 0.1, 0.2, 0.1], &[10.0, 10.1, 10.2, 10.0]], 0.95).unwrap();
        let interval = estimate.interval.unwrap();
        assert!(interval.low > 4.9 && interval.high < 5.2 && interval.holds(estimate.value), "{estimate:?}");
        assert!(stratified_interquartile_mean(&[], 0.95).is_err());
        assert!(stratified_interquartile_mean(&[&[1.0], &[1.0, 2.0]], 0.95).unwrap().interval.is_err());
    }
}
