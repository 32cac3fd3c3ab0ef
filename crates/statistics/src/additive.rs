//! The additive model of groups and blocks.

use crate::not_defined::{Defined, NotDefined, finite};
use crate::welch::TTest;

/// A value of one group in one block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Which group, from 0 (a condition).
    pub group: usize,
    /// Which block, from 0 (a seed).
    pub block: usize,
    /// The value.
    pub value: f64,
}

/// The least-squares fit of value = group + block + residual, the residuals' variance being the same everywhere
/// (`statsmodels.formula.api.ols("value ~ C(group) + C(block)")`). Cells may be missing.
///
/// Where its assumption holds, differences of groups have more degrees of freedom than a paired test of two of them.
#[derive(Clone, Debug)]
pub struct Additive {
    effects: Vec<f64>,
    /// Which groups are linked through blocks.
    component: Vec<usize>,
    /// The generalised inverse of the groups' normal equations; the first group of each component is zero in it.
    inverse: Vec<Vec<f64>>,
    variance: f64,
    degrees: f64,
}

impl Additive {
    /// Fits the model. Groups and blocks are numbered without gaps.
    ///
    /// # Errors
    /// For no values, values that are not finite, no residual degrees of freedom, and residuals without spread.
    pub fn fit(cells: &[Cell]) -> Defined<Self> {
        if cells.iter().any(|cell| !cell.value.is_finite()) {
            return Err(NotDefined::NotFinite);
        }
        let groups = cells.iter().map(|c| c.group + 1).max().ok_or(NotDefined::TooFew { needed: 2 })?;
        let blocks = cells.iter().map(|c| c.block + 1).max().unwrap_or(0);
        // Values about their mean: the sums of squares lose fewer digits.
        let mean = cells.iter().map(|c| c.value).sum::<f64>() / cells.len() as f64;
        let mut of_block: Vec<Vec<Cell>> = vec![Vec::new(); blocks];
        cells.iter().for_each(|c| of_block[c.block].push(Cell { value: c.value - mean, ..*c }));

        let component = components(&of_block, groups);
        let (mut matrix, mut right) = (vec![vec![0.0; groups]; groups], vec![0.0; groups]);
        for block in of_block.iter().filter(|block| !block.is_empty()) {
            let size = block.len() as f64;
            let total: f64 = block.iter().map(|c| c.value).sum();
            for a in block {
                matrix[a.group][a.group] += 1.0;
                right[a.group] += a.value - total / size;
                for b in block {
                    matrix[a.group][b.group] -= 1.0 / size;
                }
            }
        }
        let firsts: Vec<usize> = (0..groups).filter(|&group| component[group] == group).collect();
        let used = of_block.iter().filter(|block| !block.is_empty()).count();
        let degrees = (cells.len() + firsts.len()) as f64 - (groups + used) as f64;
        if degrees < 1.0 {
            return Err(NotDefined::TooFew { needed: groups + used + 1 - firsts.len() });
        }
        // The normal equations leave a constant of each component open: its first group is set to zero.
        for &group in &firsts {
            matrix[group].fill(0.0);
            matrix.iter_mut().for_each(|row| row[group] = 0.0);
            matrix[group][group] = 1.0;
            right[group] = 0.0;
        }
        let mut inverse = inverse(matrix)?;
        for &group in &firsts {
            inverse[group][group] = 0.0;
        }
        let effects: Vec<f64> = inverse.iter().map(|row| row.iter().zip(&right).map(|(a, b)| a * b).sum()).collect();
        let (mut squares, mut total) = (0.0, 0.0);
        for block in &of_block {
            let left = |c: &Cell| c.value - effects[c.group];
            let level = block.iter().map(left).sum::<f64>() / block.len().max(1) as f64;
            squares += block.iter().map(|c| (left(c) - level).powi(2)).sum::<f64>();
            total += block.iter().map(|c| c.value.powi(2)).sum::<f64>();
        }
        // What rounding leaves of residuals that are all zero.
        if squares <= 1e-24 * (total + cells.len() as f64 * mean * mean) {
            return Err(NotDefined::ZeroVariance);
        }
        Ok(Self { effects, component, inverse, variance: finite(squares / degrees)?, degrees })
    }

    /// The t-test of group a minus group b.
    ///
    /// # Errors
    /// Where no chain of shared blocks links the two.
    pub fn difference(&self, a: usize, b: usize, confidence: f64) -> Defined<TTest> {
        if self.component[a] != self.component[b] {
            return Err(NotDefined::NotLinked);
        }
        let factor = self.inverse[a][a] + self.inverse[b][b] - 2.0 * self.inverse[a][b];
        let error = finite(self.variance * factor)?.max(0.0).sqrt();
        TTest::new(self.effects[a] - self.effects[b], error, self.degrees, confidence)
    }
}

/// For each group the first that it is linked with through shared blocks.
fn components(blocks: &[Vec<Cell>], groups: usize) -> Vec<usize> {
    let mut first: Vec<usize> = (0..groups).collect();
    loop {
        let before = first.clone();
        for block in blocks {
            let least = block.iter().map(|c| first[c.group]).min().unwrap_or(0);
            block.iter().for_each(|c| first[c.group] = least);
        }
        if first == before {
            return first;
        }
    }
}

/// The inverse of a symmetric positive definite matrix, by Gauss and Jordan, for which it needs no pivots.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Defined<Vec<Vec<f64>>> {
    for pivot in 0..matrix.len() {
        let scale = matrix[pivot][pivot];
        if scale <= 1e-12 {
            return Err(NotDefined::NotLinked);
        }
        matrix[pivot][pivot] = 1.0;
        matrix[pivot].iter_mut().for_each(|v| *v /= scale);
        let row = matrix[pivot].clone();
        for (_, other) in matrix.iter_mut().enumerate().filter(|(index, _)| *index != pivot) {
            let by = std::mem::take(&mut other[pivot]);
            other.iter_mut().zip(&row).for_each(|(v, r)| *v -= by * r);
        }
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(rows: &[(usize, usize, f64)]) -> Vec<Cell> {
        rows.iter().map(|&(group, block, value)| Cell { group, block, value }).collect()
    }

    #[test]
    fn of_two_groups_it_is_the_paired_test() {
        let (x, y) = ([3.0, 5.0, 4.5], [1.0, 2.0, 4.0]);
        let both: Vec<_> = (0..3).flat_map(|s| [(0, s, x[s]), (1, s, y[s])]).collect();
        let found = Additive::fit(&cells(&both)).unwrap().difference(0, 1, 0.95).unwrap();
        let paired = crate::paired_t(&x, &y, 0.95).unwrap();
        assert!((found.difference - paired.difference).abs() < 1e-12 && (found.t - paired.t).abs() < 1e-9);
        assert_eq!(found.degrees, paired.degrees);
    }

    #[test]
    fn what_shares_no_block_is_not_compared() {
        let apart = cells(&[
            (0, 0, 1.0),
            (1, 0, 2.0),
            (0, 1, 1.5),
            (1, 1, 2.2),
            (2, 2, 1.0),
            (3, 2, 2.0),
            (2, 3, 1.0),
            (3, 3, 3.0),
        ]);
        let model = Additive::fit(&apart).unwrap();
        assert_eq!(model.difference(0, 2, 0.95), Err(NotDefined::NotLinked));
        assert!(model.difference(2, 3, 0.95).is_ok());
        assert!(Additive::fit(&cells(&[(0, 0, 1.0), (1, 0, 2.0)])).is_err());
        assert!(Additive::fit(&[]).is_err());
    }
}
