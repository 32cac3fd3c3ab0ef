//! Measuring in turns.

/// Measures each of `sides` once in each of `rounds`, which count from 0; what `measure` gives for a side, by side and round.
///
/// Every second round goes the other way round, so that what changes slowly (heat, other programs) meets all sides alike.
pub(crate) fn in_turns<T, E>(
    rounds: impl IntoIterator<Item = usize>,
    sides: usize,
    mut measure: impl FnMut(usize) -> Result<T, E>,
) -> Result<Vec<Vec<T>>, E> {
    let mut values: Vec<Vec<T>> = (0..sides).map(|_| Vec::new()).collect();
    for round in rounds {
        for place in 0..sides {
            let side = if round % 2 == 0 { place } else { sides - 1 - place };
            values[side].push(measure(side)?);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_alternates_and_values_stay_with_their_side() {
        let mut order = Vec::new();
        let values = in_turns(0..3, 2, |side| {
            order.push(side);
            Ok::<_, ()>(order.len())
        });
        assert_eq!(values, Ok(vec![vec![1, 4, 5], vec![2, 3, 6]]));
        assert_eq!(order, [0, 1, 1, 0, 0, 1]);
    }
}
