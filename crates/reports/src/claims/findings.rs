//! The tests that claims are made of.

use statistics::{NotDefined, TTest, deviation_of_differences, mean, pooled_deviation, ratio_paired, ratio_welch};

use crate::claims::need::{Effect, Need};
use crate::claims::part::{Claimed, Finding, LEVEL, Part};
use crate::claims::role::Role;
use crate::conditions::{Groups, Sequence, Sides};
use crate::estimates::{NOTICEABLE, trend};
use crate::runs::Quantity;

/// The two sides of a comparison, where both have runs with the quantity.
pub(crate) fn sides(x: &Role<'_, '_>, y: &Role<'_, '_>, quantity: Quantity) -> Option<Sides> {
    let sides = Sides::of(x.group?, y.group?, quantity);
    (!sides.x.is_empty() && !sides.y.is_empty()).then_some(sides)
}

fn t_name(sides: &Sides) -> &'static str {
    if sides.is_paired() { "paired t" } else { "Welch t" }
}

fn sizes(sides: &Sides) -> Vec<usize> {
    if sides.is_paired() { vec![sides.x_shared.len(); 2] } else { vec![sides.x.len(), sides.y.len()] }
}

fn names(x: &Role<'_, '_>, y: &Role<'_, '_>) -> String {
    format!("{} against {}", x.name, y.name)
}

/// x ends lower, or higher, than y.
pub(crate) fn direction(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>, claimed: Claimed) -> Part {
    let mut part = direction_of(dataset, x, y, Quantity::TestLoss, claimed);
    let sides = sides(x, y, Quantity::TestLoss);
    let test = sides.and_then(|sides| Some((sides.t_test(0.95).ok()?, sides)));
    part.remarks.extend(test.and_then(|(test, sides)| small_but_there(&sides, &test).or(too_small(&sides, &test))));
    part
}

/// x's quantity is lower, or higher, than y's.
pub(crate) fn direction_of(
    dataset: &str,
    x: &Role<'_, '_>,
    y: &Role<'_, '_>,
    quantity: Quantity,
    claimed: Claimed,
) -> Part {
    let measure = match quantity {
        Quantity::Cause(cause) => cause.difference(),
        _ => "difference of mean test losses",
    };
    let mut part = Part::new(dataset, names(x, y), "t", measure);
    let Some(sides) = sides(x, y, quantity) else {
        return part;
    };
    part.test = t_name(&sides).into();
    part.sizes = sizes(&sides);
    match sides.t_test(0.95) {
        Ok(test) => {
            let as_claimed = (test.difference < 0.0) == (claimed == Claimed::Lower);
            part.estimate = Ok(test.difference);
            part.interval = Ok(test.interval);
            part.finding = Finding::of_direction(test.p.two_sided, as_claimed);
            part.need = need(&sides, &test, as_claimed);
            part.remarks.extend(disagreement(&sides, &test));
        }
        Err(reason) => undefined(&mut part, &sides, reason),
    }
    part
}

/// x differs from y, whichever way; the opposite is that they are equivalent.
pub(crate) fn difference(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>) -> Part {
    let mut part = direction(dataset, x, y, Claimed::Lower);
    if let Finding::Tested { support, oppose } = part.finding {
        let equivalence = sides(x, y, Quantity::TestLoss).and_then(|sides| sides.equivalence(NOTICEABLE).ok());
        part.finding = Finding::Tested { support: support.min(oppose), oppose: equivalence.map_or(1.0, |e| e.p) };
        if let Some(Need { of: Effect::Difference { as_claimed, .. }, .. }) = &mut part.need {
            *as_claimed = true;
        }
    }
    part
}

fn need(sides: &Sides, test: &TTest, as_claimed: bool) -> Option<Need> {
    Some(Need {
        paired: sides.is_paired(),
        deviation: sides.deviation().ok()?,
        error: test.standard_error,
        of: Effect::Difference { size: test.difference, as_claimed },
    })
}

/// Says where the test that decides and the plain alternative to it come to different ends.
fn disagreement(sides: &Sides, test: &TTest) -> Option<String> {
    let other = sides.other_t_test(0.95).ok()?;
    let (p, other_p) = (test.p.two_sided, other.p.two_sided);
    if (p < LEVEL) == (other_p < LEVEL) {
        return None;
    }
    Some(if sides.is_paired() {
        format!(
            "the paired test has p = {p:.3}, Welch's of the same runs unpaired {other_p:.3}: the result rests on pairing by seed"
        )
    } else {
        format!("Welch's test has p = {p:.3}, the paired one of the shared seeds {other_p:.3}")
    })
}

/// Says where a difference is both significant and too small to matter.
fn small_but_there(sides: &Sides, test: &TTest) -> Option<String> {
    let equivalence = sides.equivalence(NOTICEABLE).ok()?;
    (test.p.two_sided < LEVEL && equivalence.p < LEVEL).then(|| {
        format!(
            "there is a difference (p = {:.3}), and it is shown to be smaller than 5 % (p = {:.3}): real, and small",
            test.p.two_sided, equivalence.p
        )
    })
}

/// Says where no difference is shown, and that there is none of a size that matters is.
fn too_small(sides: &Sides, test: &TTest) -> Option<String> {
    let equivalence = sides.equivalence(NOTICEABLE).ok()?;
    let p = if equivalence.p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", equivalence.p) };
    (test.p.two_sided >= LEVEL && equivalence.p < LEVEL)
        .then(|| format!("whatever difference there is, it is shown to be smaller than 5 % ({p})"))
}

/// The test loss falls, or rises, along the sequence.
pub(crate) fn trend_of(groups: Option<&Groups<'_>>, dataset: &str, sequence: Sequence, claimed: Claimed) -> Part {
    let mut part = Part::new(dataset, sequence.conditions.join(" → "), "trend", "trend of the test loss");
    let Some(groups) = groups.filter(|g| {
        sequence.conditions.iter().all(|c| g.get(dataset, c).is_some_and(|g| !g.values(Quantity::TestLoss).is_empty()))
    }) else {
        return part;
    };
    let ends = sequence.conditions.first().cloned().zip(sequence.conditions.last().cloned());
    let trend = trend(groups, dataset, sequence);
    let deciding = trend.deciding();
    part.test = deciding.name.into();
    part.measure = deciding.measure;
    part.sizes = trend.sizes.clone();
    part.estimate = deciding.estimate.map(|e| e.value);
    part.interval = deciding.estimate.and_then(|e| e.interval);
    let as_claimed = match deciding.p {
        Ok(p) => {
            let as_claimed = (p.less < p.greater) == (claimed == Claimed::Lower);
            part.finding = Finding::of_direction(p.two_sided, as_claimed);
            as_claimed
        }
        Err(reason) => {
            part.finding = Finding::NotDefined(reason);
            return part;
        }
    };
    // What the difference of the two ends would need stands for what the trend would need.
    part.need = ends.and_then(|(first, last)| {
        let role = |label: &str| groups.get(dataset, label).map(Role::of);
        let sides = sides(&role(&last)?, &role(&first)?, Quantity::TestLoss)?;
        need(&sides, &sides.t_test(0.95).ok()?, as_claimed)
    });
    part
}

/// Whether a difference must stay within the margin on both sides, or only from above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Both,
    Above,
}

/// x does not differ noticeably from y, or is not noticeably higher, in the quantity; the margin is a fraction of y's mean
/// test loss.
pub(crate) fn no_change(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>, quantity: Quantity, bound: Bound) -> Part {
    let measure = match quantity {
        Quantity::TrainLoss => "difference of mean training losses, as a share of the mean test loss",
        _ => "difference of mean test losses, as a share of the second",
    };
    let mut part = Part::new(dataset, names(x, y), "two one-sided t-tests", measure);
    let Some(compared) = sides(x, y, quantity) else {
        return part;
    };
    part.sizes = sizes(&compared);
    let side = if bound == Bound::Both { "both sides" } else { "from above" };
    part.test = format!("equivalence, {} {side}, margin 5 %", t_name(&compared));
    let tested = compared.equivalence(NOTICEABLE).and_then(|e| Ok((e, compared.t_test(0.95)?)));
    match tested {
        Ok((equivalence, test)) => {
            let (support, oppose) = match bound {
                Bound::Both => (equivalence.p, equivalence.p_beyond()),
                Bound::Above => (equivalence.p_high, equivalence.p_above()),
            };
            part.estimate = Ok(equivalence.difference);
            part.interval = equivalence.interval;
            part.finding = Finding::Tested { support, oppose };
            part.need = room(&compared, &test, bound);
            part.remarks.extend(small_but_there(&compared, &test));
        }
        Err(reason) => {
            part.interval = Err(reason);
            part.finding = Finding::NotDefined(reason);
        }
    }
    part
}

/// How far the difference is from the margins.
fn room(sides: &Sides, test: &TTest, bound: Bound) -> Option<Need> {
    let (x, y, unit) = if sides.is_paired() {
        (&sides.x_shared, &sides.y_shared, &sides.unit_shared)
    } else {
        (&sides.x, &sides.y, &sides.unit)
    };
    let margin = NOTICEABLE * mean(unit).ok()?;
    let upper: Vec<f64> = y.iter().zip(unit).map(|(y, unit)| y + NOTICEABLE * unit).collect();
    let deviation = if sides.is_paired() { deviation_of_differences(x, &upper) } else { pooled_deviation(x, &upper) };
    let below = if bound == Bound::Both { test.difference + margin } else { f64::INFINITY };
    Some(Need {
        paired: sides.is_paired(),
        deviation: deviation.ok()?,
        error: test.standard_error,
        of: Effect::Within { below, above: margin - test.difference },
    })
}

/// Epochs to the best validation loss: x takes more of them, or fewer, than y.
pub(crate) fn epochs_ratio(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>, claimed: Claimed) -> Part {
    let mut part = Part::new(dataset, names(x, y), "t of logarithms", "ratio of epochs to best");
    let Some(sides) = sides(x, y, Quantity::BestEpoch) else {
        return part;
    };
    part.sizes = sizes(&sides);
    part.test = format!("{} of logarithms", t_name(&sides));
    let paired = sides.is_paired();
    let ratio = if paired {
        ratio_paired(&sides.x_shared, &sides.y_shared, 0.95)
    } else {
        ratio_welch(&sides.x, &sides.y, 0.95)
    };
    match ratio {
        Ok(ratio) => {
            let as_claimed = (ratio.ratio < 1.0) == (claimed == Claimed::Lower);
            part.estimate = Ok(ratio.ratio);
            part.interval = Ok(ratio.interval);
            part.finding = Finding::of_direction(ratio.test.p.two_sided, as_claimed);
            let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect::<Vec<_>>();
            let deviation = if paired {
                deviation_of_differences(&logs(&sides.x_shared), &logs(&sides.y_shared))
            } else {
                pooled_deviation(&logs(&sides.x), &logs(&sides.y))
            };
            part.need = deviation.ok().map(|deviation| Need {
                paired,
                deviation,
                error: ratio.test.standard_error,
                of: Effect::Difference { size: ratio.test.difference, as_claimed },
            });
        }
        Err(reason) => part.finding = Finding::NotDefined(reason),
    }
    part
}

/// A test without a result still has the difference of the means.
fn undefined(part: &mut Part, sides: &Sides, reason: NotDefined) {
    part.estimate = sides.difference();
    part.interval = Err(reason);
    part.finding = Finding::NotDefined(reason);
}
