//! Breaking text into lines that fit a width.

use crate::font::{Weight, width};

/// Breaks `text` at spaces into lines no wider than `limit` points; `None` if one of its words is wider.
pub fn fit(text: &str, limit: f64, size: f64, weight: Weight) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        if width(word, size, weight) > limit {
            return None;
        }
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    Some(lines)
}

/// Breaks `text` into lines no wider than `limit` points, cutting through words that are wider by themselves.
pub fn wrap(text: &str, limit: f64, size: f64, weight: Weight) -> Vec<String> {
    let mut words = String::new();
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&cut(word, limit, size, weight));
    }
    fit(&words, limit, size, weight).unwrap_or_else(|| words.split(' ').map(str::to_string).collect())
}

/// `word` with spaces inserted so that each piece fits `limit`; a piece holds one character at least.
fn cut(word: &str, limit: f64, size: f64, weight: Weight) -> String {
    let mut pieces = String::new();
    let mut piece = String::new();
    for character in word.chars() {
        piece.push(character);
        if piece.chars().count() > 1 && width(&piece, size, weight) > limit {
            piece.pop();
            pieces.push_str(&piece);
            pieces.push(' ');
            piece.clear();
            piece.push(character);
        }
    }
    pieces + &piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_no_word() {
        let text = "Violin: Gaussian kernel density; a dot is one run, coloured by its seed.";
        let lines = wrap(text, 80.0, 7.0, Weight::Regular);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(line, 7.0, Weight::Regular) <= 80.0));
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn a_word_that_is_too_wide_is_cut_only_when_asked() {
        assert_eq!(fit("incomprehensibilities", 30.0, 7.0, Weight::Regular), None);
        let lines = wrap("incomprehensibilities", 30.0, 7.0, Weight::Regular);
        assert!(lines.iter().all(|line| width(line, 7.0, Weight::Regular) <= 30.0));
        assert_eq!(lines.concat(), "incomprehensibilities");
    }

    #[test]
    fn a_pair_breaks_at_its_space() {
        assert_eq!(
            fit("(1e-3, 5e-4)", 25.0, 7.0, Weight::Regular),
            Some(vec!["(1e-3,".to_string(), "5e-4)".to_string()])
        );
    }
}
