//! Numbers of things, in words for people.

/// A number of things, as in "1 run" and "2 runs"; `noun` is the word for one.
pub fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_is_singular() {
        assert_eq!([0, 1, 2].map(|number| super::counted(number, "run")), ["0 runs", "1 run", "2 runs"]);
    }
}
