/// A whole number, also as data-frame libraries write it where a column has gaps: `3.0`. `None` for anything else.
pub fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.split_once('.').filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|b| b == b'0'));
    digits.map_or(text, |pair| pair.0).parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn zeros_behind_a_point_are_no_fraction() {
        assert_eq!(["3", "3.0", " 3.00 "].map(super::whole), [Some(3); 3]);
        assert_eq!(["3.", "3.5", "-3", "", "x"].map(super::whole), [None; 5]);
    }
}
