//! Numbers as they are written in figures.

/// The minus sign, as wide as a plus, which a hyphen is not.
pub(crate) const MINUS: &str = "\u{2212}";

/// Whether a number of this size reads better in plain figures than with a power of ten.
pub(crate) fn readable(size: f64) -> bool {
    size == 0.0 || (1e-4..1e5).contains(&size.abs())
}

/// `value` to three significant digits.
pub fn three_digits(value: f64) -> String {
    let text = if value == 0.0 {
        "0".to_string()
    } else if readable(value) {
        let decimals = (2 - value.abs().log10().floor() as i32).max(0) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.2e}")
    };
    text.replace('-', MINUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_kept() {
        let written: Vec<String> = [0.0, 0.012345, 1.0, 57.26, 312.4, 9_999.0, 2.5e7, -1e-6].map(three_digits).to_vec();
        assert_eq!(written, ["0", "0.0123", "1.00", "57.3", "312", "9999", "2.50e7", "−1.00e−6"]);
    }
}
