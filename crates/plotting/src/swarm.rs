//! Beeswarm layout: dots side by side, as close to the middle as they can be without covering one another.

/// Places dots of `diameter` at the given `heights` and returns how far each is moved sideways, in the order of
/// `heights`; `None` for a dot that does not fit within `half_width` of the middle. All lengths are in one display unit
/// (points), because whether dots touch is a matter of the page, not of the data. The layout depends on nothing else.
pub fn swarm(heights: &[f64], diameter: f64, half_width: f64) -> Vec<Option<f64>> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|&a, &b| heights[a].total_cmp(&heights[b]).then(a.cmp(&b)));
    let reach = half_width - diameter / 2.0;
    let mut offsets = vec![None; heights.len()];
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for dot in order {
        let height = heights[dot];
        let first_near = placed.partition_point(|&(_, other)| height - other >= diameter);
        let near = &placed[first_near..];
        let offset = candidates(near, height, diameter)
            .into_iter()
            .filter(|offset| offset.abs() <= reach)
            .find(|&offset| near.iter().all(|&other| !overlap((offset, height), other, diameter)));
        if let Some(offset) = offset {
            placed.push((offset, height));
            offsets[dot] = Some(offset);
        }
    }
    offsets
}

/// Places worth trying for a dot at `height`: the middle and those where it touches a neighbour, nearest the middle
/// first, left before right.
fn candidates(near: &[(f64, f64)], height: f64, diameter: f64) -> Vec<f64> {
    let mut offsets = vec![0.0];
    for &(x, y) in near {
        let apart = (diameter * diameter - (height - y).powi(2)).max(0.0).sqrt();
        offsets.extend([x - apart, x + apart]);
    }
    offsets.sort_by(|a, b| a.abs().total_cmp(&b.abs()).then(a.total_cmp(b)));
    offsets
}

/// Whether two dots cover one another; touching ones, equal but for rounding, do not.
fn overlap(a: (f64, f64), b: (f64, f64), diameter: f64) -> bool {
    const ROUNDING: f64 = 1e-9;
    (a.0 - b.0).hypot(a.1 - b.1) < diameter * (1.0 - ROUNDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linear congruential generator's next value in [0, 1).
    fn next(state: &mut u64) -> f64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[test]
    fn dots_never_overlap_nor_leave_their_column() {
        let mut state = 1;
        for case in 0..300 {
            let count = (next(&mut state) * 60.0) as usize;
            let height = 1.0 + next(&mut state) * 100.0;
            // Every third case on a coarse grid, where many heights are equal.
            let heights: Vec<f64> = (0..count)
                .map(|_| next(&mut state) * height)
                .map(|y| if case % 3 == 0 { y.round() } else { y })
                .collect();
            let (diameter, half_width) = (0.5 + next(&mut state) * 5.0, 3.0 + next(&mut state) * 30.0);
            let offsets = swarm(&heights, diameter, half_width);
            assert_eq!(offsets.len(), count);
            let placed: Vec<(f64, f64)> =
                offsets.iter().zip(&heights).filter_map(|(x, &y)| x.map(|x| (x, y))).collect();
            for (index, a) in placed.iter().enumerate() {
                assert!(a.0.abs() + diameter / 2.0 <= half_width + 1e-9, "case {case}: {a:?} is outside");
                for b in &placed[index + 1..] {
                    let distance = (a.0 - b.0).hypot(a.1 - b.1);
                    assert!(distance >= diameter * (1.0 - 1e-8), "case {case}: {a:?} covers {b:?}");
                }
            }
        }
    }

    #[test]
    fn dots_far_apart_stay_in_the_middle() {
        assert_eq!(swarm(&[0.0, 5.0, 10.0], 4.0, 10.0), vec![Some(0.0); 3]);
    }

    #[test]
    fn equal_heights_touch_in_a_row() {
        assert_eq!(swarm(&[1.0; 3], 4.0, 10.0), vec![Some(0.0), Some(-4.0), Some(4.0)]);
    }

    #[test]
    fn says_which_dots_do_not_fit() {
        let offsets = swarm(&[1.0; 10], 4.0, 6.0);
        assert_eq!(offsets.iter().flatten().count(), 3);
    }

    #[test]
    fn nothing_is_laid_out_for_nothing() {
        assert!(swarm(&[], 4.0, 10.0).is_empty());
    }
}
