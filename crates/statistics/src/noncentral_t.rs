//! The noncentral t distribution.

use statrs::function::gamma::ln_gamma;

use crate::distributions::normal_sf;

/// Abscissae and weights of the eight-point Gauss–Legendre rule on [−1, 1], positive half.
const POINTS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_3, 0.101_228_536_290_376_26),
];

/// P(T ≤ t) of the noncentral t distribution (`scipy.stats.nct.cdf`).
///
/// T = (Z + δ)/S with S² a mean square of `degrees` degrees of freedom, so P(T ≤ t) is the mean of Φ(tS − δ) over S. The
/// integral runs over the twelve standard deviations of S to either side, cut where Φ turns from 0 to 1, by Gauss–Legendre
/// rules: some ten digits whatever the size of t and δ, where the usual series fail.
pub(crate) fn noncentral_t_cdf(t: f64, degrees: f64, delta: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - noncentral_t_cdf(-t, degrees, -delta);
    }
    if t == 0.0 {
        return normal_sf(delta);
    }
    let half = degrees / 2.0;
    let constant = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let integrand = |s: f64| {
        let log = constant + if degrees == 1.0 { 0.0 } else { (degrees - 1.0) * s.ln() } - half * s * s;
        log.exp() * normal_sf(delta - t * s)
    };
    let spread = 12.0 / (2.0 * degrees).sqrt();
    let (low, high) = ((1.0 - spread).max(0.0), 1.0 + spread);
    let turn = |width: f64| ((delta + width) / t).clamp(low, high);
    let cuts = [low, turn(-9.0), turn(9.0), high];
    cuts.windows(2).map(|cut| integral(cut[0], cut[1], integrand)).sum::<f64>().clamp(0.0, 1.0)
}

/// Sixteen panels of the eight-point rule.
fn integral(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const PANELS: usize = 16;
    if high <= low {
        return 0.0;
    }
    let half = (high - low) / (2 * PANELS) as f64;
    let panel = |index: usize| {
        let middle = low + (2 * index + 1) as f64 * half;
        POINTS.iter().map(|&(x, w)| w * (f(middle - half * x) + f(middle + half * x))).sum::<f64>() * half
    };
    (0..PANELS).map(panel).sum()
}

/// The δ at which P(T ≤ t) is `probability`, by bisection between bounds that hold it.
pub(crate) fn noncentrality(t: f64, degrees: f64, probability: f64) -> f64 {
    let cdf = |delta: f64| noncentral_t_cdf(t, degrees, delta);
    // The probability falls with δ.
    let mut step = 2.0 + t.abs() / degrees.sqrt();
    let (mut low, mut high) = (t - step, t + step);
    while cdf(low) < probability && step < 1e300 {
        low -= step;
        step *= 2.0;
    }
    step = 2.0 + t.abs() / degrees.sqrt();
    while cdf(high) > probability && step < 1e300 {
        high += step;
        step *= 2.0;
    }
    for _ in 0..60 {
        let middle = low + (high - low) / 2.0;
        if cdf(middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
        if high - low <= 1e-10 * (1.0 + middle.abs()) {
            break;
        }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_delta_zero_it_is_student_s() {
        for (t, degrees) in [(0.3, 1.0), (2.2, 3.0), (-1.0, 18.0), (3.0, 500.0)] {
            let half = crate::distributions::t_two_sided(t, degrees) / 2.0;
            let central = if t > 0.0 { 1.0 - half } else { half };
            assert!((noncentral_t_cdf(t, degrees, 0.0) - central).abs() < 1e-9, "{t} {degrees}");
        }
    }

    #[test]
    fn the_inverse_inverts() {
        for (t, degrees, p) in [(2.0, 2.0, 0.975), (-40.0, 18.0, 0.025), (1000.0, 2.0, 0.5), (0.0, 4.0, 0.025)] {
            let delta = noncentrality(t, degrees, p);
            assert!((noncentral_t_cdf(t, degrees, delta) - p).abs() < 1e-8, "{t} {degrees} {p}: {delta}");
        }
    }
}
