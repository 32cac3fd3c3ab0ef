//! Numbers for a person.

/// A number to four significant digits; a dash where there is none.
pub(crate) fn short(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    if value != 0.0 && value.is_finite() && !(1e-3..1e5).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    let digits = if value == 0.0 || !value.is_finite() { 0 } else { value.abs().log10().floor() as i32 };
    let decimals = (3 - digits).clamp(0, 6) as usize;
    format!("{value:.decimals$}")
}

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_four_digits() {
        let texts = [0.0, 1.23456, 12.3456, 123.456, 0.0123456, 1.2e-5, 1.2e7, f64::NAN].map(super::short);
        assert_eq!(texts, ["0.000", "1.235", "12.35", "123.5", "0.01235", "1.200e-5", "1.200e7", "-"]);
    }
}
