//! What a run's last task was measured to be, beside its losses (Figure 9).

/// A number of a run that the paper's section 7 supposes to matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Length Σ‖Δθ‖ of the path of updates in the last task.
    PathLength,
    /// Largest eigenvalue of the Hessian at its end.
    Sharpness,
    /// Distance of the tangent kernel at its end from that of the network that the task received.
    KernelDistance,
    /// ‖θ − θ₀‖/‖θ₀‖ at its end.
    Displacement,
    /// Test loss at the temperature that suits the test images best, in nats.
    LossAtBestTemperature,
}

impl Cause {
    /// Every one, in the order of the figure.
    pub const ALL: [Self; 5] =
        [Self::PathLength, Self::Sharpness, Self::KernelDistance, Self::Displacement, Self::LossAtBestTemperature];

    /// Its column in a table of runs.
    pub fn column(self) -> &'static str {
        match self {
            Self::PathLength => "path_length",
            Self::Sharpness => "sharpness",
            Self::KernelDistance => "tangent_kernel_distance",
            Self::Displacement => "relative_displacement",
            Self::LossAtBestTemperature => "loss_at_best_temperature",
        }
    }

    /// What a difference of its means is called.
    pub(crate) fn difference(self) -> &'static str {
        match self {
            Self::PathLength => "difference of mean path lengths in the last task",
            Self::Sharpness => "difference of mean largest Hessian eigenvalues",
            Self::KernelDistance => "difference of mean distances of the tangent kernel from the received one",
            Self::Displacement => "difference of mean relative displacements in the last task",
            Self::LossAtBestTemperature => "difference of mean test losses at the best temperature",
        }
    }
}
