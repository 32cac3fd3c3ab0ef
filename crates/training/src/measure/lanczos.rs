//! The largest eigenvalues of a symmetric operator that is known by what it does to vectors.

use tch::{Kind, Tensor};

/// When [`largest_eigenvalues`] is content.
#[derive(Clone, Copy)]
pub(super) struct Accuracy {
    /// How many eigenvalues.
    pub count: usize,
    /// Bound on each residual ‖Av − λv‖ as a share of the largest eigenvalue's size; an eigenvalue's own error is smaller.
    pub residual: f64,
    /// Least and most applications of the operator. With few, a smaller eigenvalue can look settled before a larger one, of which the
    /// first vector has little, has shown at all.
    pub steps: [usize; 2],
}

/// The algebraically largest eigenvalues of `apply`, in descending order, by Lanczos's method from `start` (float32, one dimension), with
/// every vector made orthogonal to all before it. Fewer than `count` where the operator has fewer; not numbers where a product is not.
pub(super) fn largest_eigenvalues(apply: impl Fn(&Tensor) -> Tensor, start: &Tensor, accuracy: Accuracy) -> Vec<f64> {
    let number = |tensor: &Tensor| tensor.double_value(&[]);
    let mut vectors = vec![start / start.norm()];
    let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
    loop {
        let last = vectors.last().expect("there is a first vector");
        let mut next = apply(last);
        diagonal.push(number(&(last * &next).sum(Kind::Double)));
        // Twice is enough (Kahan; Parlett 1998).
        let basis = Tensor::stack(&vectors, 0);
        for _ in 0..2 {
            next = &next - basis.tr().mv(&basis.mv(&next));
        }
        let norm = number(&next.norm());
        let (values, residuals) = ritz(&diagonal, &beside, norm);
        if values.iter().any(|value| value.is_nan()) {
            return vec![f64::NAN; accuracy.count];
        }
        let wanted = accuracy.count.min(values.len());
        let scale = values.iter().fold(0.0f64, |a, v| a.max(v.abs()));
        let [least, most] = accuracy.steps;
        let settled = values.len() >= accuracy.count.max(least)
            && residuals[..wanted].iter().all(|residual| *residual <= accuracy.residual * scale);
        let exhausted = norm <= 1e-7 * scale || vectors.len() as i64 >= start.size()[0];
        if settled || exhausted || diagonal.len() >= most {
            return values[..wanted].to_vec();
        }
        beside.push(norm);
        vectors.push(next / norm);
    }
}

/// The eigenvalues of the tridiagonal matrix so far in descending order, and the norms of their residuals.
fn ritz(diagonal: &[f64], beside: &[f64], norm: f64) -> (Vec<f64>, Vec<f64>) {
    let size = diagonal.len();
    let mut matrix = vec![0.0; size * size];
    for at in 0..size {
        matrix[at * size + at] = diagonal[at];
        if at + 1 < size {
            matrix[at * size + at + 1] = beside[at];
            matrix[(at + 1) * size + at] = beside[at];
        }
    }
    if matrix.iter().any(|value| !value.is_finite()) || !norm.is_finite() {
        return (vec![f64::NAN], vec![f64::NAN]);
    }
    let (values, vectors) = Tensor::from_slice(&matrix).view([size as i64, size as i64]).linalg_eigh("L");
    let list = |tensor: &Tensor| Vec::<f64>::try_from(tensor.contiguous()).expect("float64 numbers");
    let last = list(&vectors.select(0, size as i64 - 1));
    let values = list(&values);
    let descending = (0..size).rev();
    (descending.clone().map(|at| values[at]).collect(), descending.map(|at| (norm * last[at]).abs()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tch::Device;

    /// A matrix with these eigenvalues: a reflection of the diagonal one.
    fn matrix(eigenvalues: &[f32]) -> Tensor {
        let size = eigenvalues.len() as i64;
        let v = (Tensor::arange(size, (Kind::Float, Device::Cpu)) + 1.0).sin();
        let v = &v / v.norm();
        let reflection = Tensor::eye(size, (Kind::Float, Device::Cpu)) - v.outer(&v) * 2.0;
        reflection.matmul(&Tensor::from_slice(eigenvalues).diag(0)).matmul(&reflection)
    }

    fn found(eigenvalues: &[f32], count: usize) -> Vec<f64> {
        let matrix = matrix(eigenvalues);
        let start = (Tensor::arange(eigenvalues.len() as i64, (Kind::Float, Device::Cpu)) * 1.7).cos();
        largest_eigenvalues(|v| matrix.mv(v), &start, Accuracy { count, residual: 1e-4, steps: [20, 60] })
    }

    #[test]
    fn small_operators_end_early_and_nothing_finite_is_made_of_what_is_not() {
        assert_eq!(found(&[2.0, 2.0, 2.0], 3).len(), 1);
        assert!((found(&[-3.0, -1.0], 1)[0] + 1.0).abs() < 1e-5);
        let start = Tensor::from_slice(&[1f32, 1.0]);
        let nan = largest_eigenvalues(|v| v * f64::NAN, &start, Accuracy { count: 2, residual: 1e-3, steps: [1, 9] });
        assert!(nan.len() == 2 && nan.iter().all(|value| value.is_nan()));
    }

    proptest! {
        /// As far apart as they are here: of a cluster, or of equal ones, the method may see one.
        #[test]
        fn eigenvalues_are_found(values in prop::collection::btree_set(-60i32..60, 4..40)) {
            let eigenvalues: Vec<f32> = values.iter().map(|v| *v as f32 / 6.0).collect();
            let largest = values.iter().map(|v| f64::from(v.abs()) / 6.0).fold(0.0, f64::max);
            for (found, exact) in found(&eigenvalues, 3).iter().zip(eigenvalues.iter().rev()) {
                prop_assert!((found - f64::from(*exact)).abs() < 2e-3 * largest, "{found} {exact}");
            }
        }
    }
}
