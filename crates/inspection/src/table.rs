//! Text tables.

/// Columns padded to their widest cell; numbers, by their column's header, to the right.
pub(crate) fn aligned(header: &[&str], right: &[bool], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for ((cell, &width), &right) in cells.zip(&widths).zip(right) {
            let padding = " ".repeat(width - cell.chars().count());
            let (before, after) = if right { (padding.as_str(), "") } else { ("", padding.as_str()) };
            text.push_str(&format!("{before}{cell}{after}  "));
        }
        text.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut header.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_line_up() {
        let rows = [vec!["a".to_owned(), "10".to_owned()], vec!["long".to_owned(), "5".to_owned()]];
        assert_eq!(super::aligned(&["x", "n"], &[false, true], &rows), "x      n\na     10\nlong   5\n");
    }
}
