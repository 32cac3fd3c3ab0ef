//! The tests that claims are made of.

use statistics::{NotDefined, mean, ratio_paired, ratio_welch};

use crate::claims::part::{Claimed, Finding, LEVEL, Outcome, Part};
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

/// x ends lower, or higher, than y.
pub(crate) fn direction(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>, claimed: Claimed) -> Part {
    let mut part = Part::new(dataset, format!("{} against {}", x.name, y.name), "t", "difference of mean test losses");
    let Some(sides) = sides(x, y, Quantity::TestLoss) else {
        return part;
    };
    part.test = t_name(&sides).into();
    part.sizes = sizes(&sides);
    match sides.t_test(0.95) {
        Ok(test) => {
            part.estimate = Ok(test.difference);
            part.interval = Ok(test.interval);
            part.finding = Finding::Direction {
                p: test.p.two_sided,
                as_claimed: (test.difference < 0.0) == (claimed == Claimed::Lower),
            };
            part.seeds_needed = sides.seeds_needed(test.difference, LEVEL).ok();
        }
        Err(reason) => undefined(&mut part, &sides, reason),
    }
    part
}

/// x differs from y, whichever way.
pub(crate) fn difference(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>) -> Part {
    let mut part = direction(dataset, x, y, Claimed::Lower);
    let equivalent = sides(x, y, Quantity::TestLoss).is_some_and(|sides| {
        let margin = mean(&sides.y).map_or(0.0, |m| NOTICEABLE * m.abs());
        sides.equivalence(margin).is_ok_and(|e| e.p < LEVEL)
    });
    if let Finding::Direction { p, .. } = part.finding {
        part.finding = Finding::Difference { p, equivalent };
    }
    part
}

/// The test loss falls, or rises, along the sequence.
pub(crate) fn trend_of(groups: Option<&Groups<'_>>, dataset: &str, sequence: Sequence, claimed: Claimed) -> Part {
    let mut part = Part::new(dataset, sequence.conditions.join(" → "), "trend", "Spearman's ρ with the order");
    let Some(groups) = groups.filter(|g| {
        sequence.conditions.iter().all(|c| g.get(dataset, c).is_some_and(|g| !g.values(Quantity::TestLoss).is_empty()))
    }) else {
        return part;
    };
    let ends = sequence.conditions.first().cloned().zip(sequence.conditions.last().cloned());
    let trend = trend(groups, dataset, sequence);
    let (name, test) = trend.deciding();
    part.test = name.into();
    part.sizes = trend.sizes.clone();
    part.estimate = trend.spearman.map(|c| c.rho.value);
    part.interval = trend.spearman.and_then(|c| c.rho.interval);
    match test {
        Ok(test) => {
            let falls = test.p.less < test.p.greater;
            part.finding = Finding::Direction { p: test.p.two_sided, as_claimed: falls == (claimed == Claimed::Lower) };
        }
        Err(reason) => part.finding = Finding::NotDefined(reason),
    }
    // What the difference of the two ends would need stands for what the trend would need.
    part.seeds_needed = ends.and_then(|(first, last)| {
        let role = |label: &str| groups.get(dataset, label).map(Role::of);
        let sides = sides(&role(&last)?, &role(&first)?, Quantity::TestLoss)?;
        let difference = mean(&sides.x).ok()? - mean(&sides.y).ok()?;
        sides.seeds_needed(difference, LEVEL).ok()
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
        Quantity::TrainLoss => "difference of mean training losses",
        _ => "difference of mean test losses",
    };
    let mut part = Part::new(dataset, format!("{} against {}", x.name, y.name), "two one-sided t-tests", measure);
    let Some(compared) = sides(x, y, quantity) else {
        return part;
    };
    let margin = sides(x, y, Quantity::TestLoss)
        .ok_or(NotDefined::NoData)
        .and_then(|losses| Ok(NOTICEABLE * mean(&losses.y)?.abs()));
    part.sizes = sizes(&compared);
    let side = if bound == Bound::Both { "both sides" } else { "from above" };
    let tested = margin.and_then(|margin| {
        part.test = format!("equivalence, {} {side}, margin {margin:.4}", t_name(&compared));
        Ok((margin, compared.equivalence(margin)?, compared.t_test(0.95)?))
    });
    match tested {
        Ok((margin, equivalence, test)) => {
            let p = if bound == Bound::Both { equivalence.p } else { equivalence.p_high };
            let beyond = test.interval.low > margin || bound == Bound::Both && test.interval.high < -margin;
            let outcome = if p < LEVEL {
                Outcome::Supported
            } else if beyond {
                Outcome::Opposed
            } else {
                Outcome::Undecided
            };
            part.estimate = Ok(equivalence.difference);
            part.interval = Ok(equivalence.interval);
            part.finding = Finding::Settled { p: Some(p), outcome };
            // Twice the level makes the two-sided power that of the one-sided test.
            let over = if bound == Bound::Both { equivalence.difference.abs() } else { equivalence.difference };
            let level = if over < margin { 2.0 * LEVEL } else { LEVEL };
            part.seeds_needed = compared.seeds_needed(margin - over, level).ok();
        }
        Err(reason) => undefined(&mut part, &compared, reason),
    }
    part
}

/// Epochs to the best validation loss: x takes more of them, or fewer, than y.
pub(crate) fn epochs_ratio(dataset: &str, x: &Role<'_, '_>, y: &Role<'_, '_>, claimed: Claimed) -> Part {
    let mut part =
        Part::new(dataset, format!("{} against {}", x.name, y.name), "t of logarithms", "ratio of epochs to best");
    let Some(sides) = sides(x, y, Quantity::BestEpoch) else {
        return part;
    };
    part.sizes = sizes(&sides);
    part.test = format!("{} of logarithms", t_name(&sides));
    let ratio = if sides.is_paired() {
        ratio_paired(&sides.x_shared, &sides.y_shared, 0.95)
    } else {
        ratio_welch(&sides.x, &sides.y, 0.95)
    };
    match ratio {
        Ok(ratio) => {
            part.estimate = Ok(ratio.ratio);
            part.interval = Ok(ratio.interval);
            part.finding = Finding::Direction {
                p: ratio.test.p.two_sided,
                as_claimed: (ratio.ratio < 1.0) == (claimed == Claimed::Lower),
            };
            let logs = |values: &[f64]| values.iter().map(|v| v.ln()).collect();
            let logs = Sides {
                x: logs(&sides.x),
                y: logs(&sides.y),
                x_shared: logs(&sides.x_shared),
                y_shared: logs(&sides.y_shared),
                only_x: sides.only_x,
                only_y: sides.only_y,
            };
            part.seeds_needed = logs.seeds_needed(ratio.test.difference, LEVEL).ok();
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
