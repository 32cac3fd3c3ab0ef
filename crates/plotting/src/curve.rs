//! Points along curves, and what is drawn along them.

type Point = (f64, f64);

/// Straight pieces of a curve from one point to the next.
const PIECES: usize = 24;

/// A smooth curve through `through`, as points close enough to be joined by straight lines: a uniform
/// Catmull–Rom spline, whose direction at each point is that from the point before to the point after.
pub fn smooth(through: &[Point]) -> Vec<Point> {
    let at = |index: isize| through[index.clamp(0, through.len() as isize - 1) as usize];
    let mut points: Vec<Point> = through.first().copied().into_iter().collect();
    for leg in 1..through.len() as isize {
        let (before, from, to, after) = (at(leg - 2), at(leg - 1), at(leg), at(leg + 1));
        let coordinate = |t: f64, [a, b, c, d]: [f64; 4]| {
            let (linear, square, cube) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d, 3.0 * (b - c) + d - a);
            b + 0.5 * t * (linear + t * (square + t * cube))
        };
        points.extend((1..=PIECES).map(|piece| {
            let t = piece as f64 / PIECES as f64;
            (coordinate(t, [before.0, from.0, to.0, after.0]), coordinate(t, [before.1, from.1, to.1, after.1]))
        }));
    }
    points
}

/// The part of the line through `points` from `start` to `end`, both distances along it.
pub fn part(points: &[Point], start: f64, end: f64) -> Vec<Point> {
    let (mut along, mut kept) = (0.0, Vec::new());
    for pair in points.windows(2) {
        let length = distance(pair[0], pair[1]);
        let place = |at: f64| between(pair[0], pair[1], ((at - along) / length).clamp(0.0, 1.0));
        if length > 0.0 && along + length > start && along < end {
            if kept.is_empty() {
                kept.push(place(start));
            }
            kept.push(place(end));
        }
        along += length;
    }
    kept
}

/// Length of the line through `points`.
pub fn length(points: &[Point]) -> f64 {
    points.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

/// The pieces of the line through `points` that are drawn when it is cut by `pattern`: lengths drawn and left out in turn. An
/// empty pattern leaves the line whole.
pub fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let Some(&first) = points.first() else { return Vec::new() };
    if pattern.is_empty() {
        return vec![points.to_vec()];
    }
    let (mut lines, mut line) = (Vec::new(), vec![first]);
    let (mut place, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let share = left / length;
            from = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            length -= left;
            if place % 2 == 0 {
                line.push(from);
                lines.push(std::mem::take(&mut line));
            } else {
                line = vec![from];
            }
            place += 1;
            left = pattern[place % pattern.len()];
        }
        left -= length;
        if place % 2 == 0 {
            line.push(to);
        }
    }
    if line.len() > 1 {
        lines.push(line);
    }
    lines
}

/// The shaft and the corners of the head of an arrow along the line through `points`, the head's tip at the last point and
/// `head` long; `None` where the line has no length.
pub fn arrow(points: &[Point], head: f64) -> Option<(Vec<Point>, Vec<Point>)> {
    /// Width of a head as a share of its length.
    const SLIMNESS: f64 = 0.8;
    let whole = length(points);
    let tip = *points.last().filter(|_| whole > 0.0)?;
    let base = part(points, whole - head, whole).first().copied()?;
    let (x, y) = ((tip.0 - base.0) / distance(base, tip), (tip.1 - base.1) / distance(base, tip));
    let half = head * SLIMNESS / 2.0;
    // The shaft ends inside the head, so that no gap shows between the two.
    let shaft = part(points, 0.0, whole - 0.7 * head);
    Some((shaft, vec![tip, (base.0 - y * half, base.1 + x * half), (base.0 + y * half, base.1 - x * half)]))
}

fn distance(a: Point, b: Point) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

fn between(a: Point, b: Point, share: f64) -> Point {
    (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_curve_passes_through_its_points() {
        let through = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0)];
        let points = smooth(&through);
        assert!(through.iter().all(|point| points.contains(point)), "{points:?}");
        // Level at the middle point, as its neighbours are equally high.
        let middle = points.iter().position(|&point| point == through[1]).unwrap();
        assert!((points[middle - 1].1 - points[middle + 1].1).abs() < 1e-9);
        assert_eq!(smooth(&[(1.0, 2.0)]), [(1.0, 2.0)]);
        assert!(smooth(&[]).is_empty());
    }

    #[test]
    fn dashes_go_on_around_a_corner() {
        let corner = [(0.0, 0.0), (5.0, 0.0), (5.0, 5.0)];
        let lines = dashes(&corner, &[4.0, 2.0]);
        assert_eq!(lines, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(5.0, 1.0), (5.0, 5.0)]]);
        let lines = dashes(&corner, &[6.0, 2.0]);
        assert_eq!(lines, [vec![(0.0, 0.0), (5.0, 0.0), (5.0, 1.0)], vec![(5.0, 3.0), (5.0, 5.0)]]);
    }

    #[test]
    fn a_line_without_dashes_is_whole() {
        assert_eq!(dashes(&[(0.0, 0.0), (5.0, 0.0)], &[]), [vec![(0.0, 0.0), (5.0, 0.0)]]);
        assert!(dashes(&[], &[]).is_empty());
    }

    #[test]
    fn a_part_of_a_line_goes_round_corners() {
        let line = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)];
        assert_eq!(part(&line, 3.0, 5.0), [(3.0, 0.0), (4.0, 0.0), (4.0, 1.0)]);
    }

    #[test]
    fn an_arrows_head_ends_where_its_line_ends() {
        let (shaft, head) = arrow(&[(0.0, 0.0), (10.0, 0.0)], 5.0).unwrap();
        assert_eq!(head, [(10.0, 0.0), (5.0, 2.0), (5.0, -2.0)]);
        assert_eq!(shaft, [(0.0, 0.0), (6.5, 0.0)]);
        assert_eq!(arrow(&[(1.0, 1.0), (1.0, 1.0)], 5.0), None);
    }
}
