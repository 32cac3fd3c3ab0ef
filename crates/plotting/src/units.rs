//! The unit of lengths in SVG documents.

/// Document units a point: the backend takes whole numbers only, and a twentieth of a point is finer than print.
pub(crate) const UNITS: f64 = 20.0;
