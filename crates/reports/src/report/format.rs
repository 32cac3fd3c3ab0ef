//! Numbers in reports.

use statistics::{Defined, Interval};

/// Four significant digits.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if !(1e-3..1e5).contains(&size) {
        format!("{value:.3e}")
    } else {
        let digits = (3 - size.log10().floor() as i32).max(0) as usize;
        format!("{value:.digits$}")
    }
}

/// A number with its sign.
pub(crate) fn signed(value: f64) -> String {
    if value > 0.0 { format!("+{}", number(value)) } else { number(value) }
}

/// A p-value.
pub(crate) fn p(value: f64) -> String {
    if value < 1e-4 {
        "< 0.0001".into()
    } else if value < 0.1 {
        format!("{value:.4}")
    } else {
        format!("{value:.2}")
    }
}

/// A number, or the reason why there is none.
pub(crate) fn defined(value: Defined<f64>) -> String {
    value.map_or_else(|reason| format!("not defined ({reason})"), number)
}

/// An interval, or the reason why there is none.
pub(crate) fn interval(value: Defined<Interval>) -> String {
    value
        .map_or_else(|reason| format!("not defined ({reason})"), |i| format!("[{}, {}]", number(i.low), number(i.high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use statistics::NotDefined;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            (number(1.23456), number(12345.6), number(0.0123456)),
            ("1.235".into(), "12346".into(), "0.01235".into())
        );
        assert_eq!((number(0.0), number(-1e-7), signed(2.0)), ("0".into(), "-1.000e-7".into(), "+2.000".into()));
        assert_eq!((p(0.00001), p(0.0312), p(0.5)), ("< 0.0001".into(), "0.0312".into(), "0.50".into()));
        assert_eq!(defined(Err(NotDefined::ZeroVariance)), "not defined (zero variance)");
    }
}
