//! From a file's bytes to cells.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use counted::counted;

use crate::error::TableError;
use crate::kind;

/// A table: named columns, and rows of as many cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The file.
    pub path: PathBuf,
    /// The columns' names, each another and none empty.
    pub header: Vec<String>,
    /// Rows that are not blank, in the file's order.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, counted in lines below the header.
    pub number: usize,
    /// A cell a column, without blanks around it.
    pub cells: Vec<String>,
    /// The columns whose cells had blanks around them.
    pub trimmed: Vec<usize>,
}

impl Table {
    /// Reads a CSV file.
    ///
    /// # Errors
    /// Where it cannot be read, or is no table.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        // Read rather than mapped: a file that another program cuts short meanwhile would end the process.
        let bytes =
            std::fs::read(path).map_err(|e| TableError::Unreadable { path: path.to_owned(), reason: e.to_string() })?;
        Self::parse(&bytes, path)
    }

    /// The table that the bytes of a CSV file hold; `path` is what errors call it.
    ///
    /// # Errors
    /// Where they hold none.
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, TableError> {
        let file = File { path };
        if let Some(reason) = kind::other_than_csv(bytes) {
            return Err(TableError::Kind { path: path.to_owned(), reason: reason.to_owned() });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let (mut read, mut line) = (0, 1);
        let mut lines = reader.byte_records().map(|record| {
            let record = record.expect("bytes in memory with rows of any length are read");
            let start = start_of(bytes, &record);
            line += line_ends(&bytes[read..start]);
            read = start;
            (record, line)
        });
        let (header, header_line) = lines.next().ok_or_else(|| file.header("there is none".into()))?;
        let columns = file.columns(&header, bytes)?;
        let mut rows = Vec::new();
        for (record, line) in lines {
            let number = line - header_line;
            let wrong = |reason: String| TableError::Row { path: path.to_owned(), row: number, line, reason };
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            if begins_with_hash(bytes, &record) {
                return Err(wrong(
                    "it begins with `#`; a table has no comments: take the line out, or put a name that begins so into quotes"
                        .into(),
                ));
            }
            if is_open(&bytes[start_of(bytes, &record)..], &record) {
                return Err(wrong(
                    "a quotation mark is opened in it and not closed; write a mark in a cell twice".into(),
                ));
            }
            if record.len() != header.len() {
                return Err(wrong(format!(
                    "{}, but the header has {}; cells with commas need quotes, and decimals a point (`1.25`)",
                    counted(record.len(), "cell"),
                    header.len()
                )));
            }
            let mut row = Row { number, cells: Vec::with_capacity(columns.len()), trimmed: Vec::new() };
            for (at, (place, _)) in columns.iter().enumerate() {
                let text = std::str::from_utf8(&record[*place])
                    .map_err(|_| wrong("it is not UTF-8; save the table as UTF-8".into()))?;
                let cell = text.trim();
                if cell.len() != text.len() {
                    row.trimmed.push(at);
                }
                row.cells.push(cell.to_owned());
            }
            // A blank line may still have been given a number.
            if row.cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(row);
            }
        }
        let header = columns.into_iter().map(|(_, name)| name).collect();
        Ok(Self { path: path.to_owned(), header, rows })
    }

    /// Where a column is.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

/// What errors are about.
struct File<'a> {
    path: &'a Path,
}

impl File<'_> {
    fn header(&self, reason: String) -> TableError {
        TableError::Header { path: self.path.to_owned(), reason }
    }

    /// The columns that mean something: where they are, and their names.
    fn columns(&self, header: &csv::ByteRecord, bytes: &[u8]) -> Result<Vec<(usize, String)>, TableError> {
        let wrong = |reason: String| self.header(reason);
        if begins_with_hash(bytes, header) {
            return Err(wrong("the first line begins with `#`; a table has no comments: take the line out".into()));
        }
        if let [only] = header.iter().collect::<Vec<_>>()[..]
            && let Some(separator) = [b';', b'\t', b'|'].into_iter().find(|separator| only.contains(separator))
        {
            let (only, separator) = (String::from_utf8_lossy(only), char::from(separator).escape_default());
            return Err(wrong(format!(
                "one column, `{only}`, with `{separator}` in it; write the table with commas between columns and points in \
                 decimals (`1.25`)"
            )));
        }
        let mut columns = Vec::with_capacity(header.len());
        let mut seen = HashSet::new();
        for (place, name) in header.iter().enumerate() {
            let name =
                std::str::from_utf8(name).map_err(|_| wrong("it is not UTF-8; save the table as UTF-8".into()))?;
            let name = name.trim();
            if is_index(name) {
                continue;
            }
            if !seen.insert(name.to_owned()) {
                return Err(wrong(format!("two columns are called `{name}`; rename or take out one of them")));
            }
            columns.push((place, name.to_owned()));
        }
        Ok(columns)
    }
}

/// Whether a column is what pandas writes for the numbers of rows: it has no name, or was read back without one.
fn is_index(name: &str) -> bool {
    let number = name.strip_prefix("Unnamed: ");
    name.is_empty()
        || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Where a record begins: the reader's own place may still be before the blank lines above it.
fn start_of(bytes: &[u8], record: &csv::ByteRecord) -> usize {
    let from = record.position().map_or(0, |position| position.byte() as usize).min(bytes.len());
    from + bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// How many lines end in these bytes, in any system's way.
fn line_ends(bytes: &[u8]) -> usize {
    let ends = |(at, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|&pair| ends(pair)).count()
}

fn begins_with_hash(bytes: &[u8], record: &csv::ByteRecord) -> bool {
    bytes[start_of(bytes, record)..].trim_ascii_start().starts_with(b"#")
}

/// Whether a cell of a record goes on to the end of the file because its quotation mark is not closed; `rest` is the file from
/// the record on.
fn is_open(rest: &[u8], record: &csv::ByteRecord) -> bool {
    // Written in full, a record has at most two bytes for each of its own, and two marks, a comma and a line's end a cell.
    let to_the_end = rest.len() <= 2 * record.as_slice().len() + 4 * record.len();
    let marks = || rest.iter().filter(|&&byte| byte == b'"').count();
    to_the_end && record.as_slice().contains(&b'\n') && !marks().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<Table, String> {
        Table::parse(text.as_bytes(), Path::new("t.csv")).map_err(|e| e.to_string())
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        table(text).unwrap().rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn what_nobody_means_is_left_out() {
        let expected = [["a b", "1"], ["c", "2"]];
        for text in [
            "x,y\na b,1\nc,2\n",
            "\u{feff}x,y\r\na b,1\r\nc,2\r\n",
            "\n\nx , y\n\n a b,1\n,\n  \n\nc,\t2",
            ",x,y\n0,a b,1\n1,c,2\n",
            "Unnamed: 0,x,y,Unnamed: 0.1\n0,a b,1,0\n1,,,\n2,c,2,1\n",
            "x,y\ra b,1\r\rc,2",
            "x,y\n\"a b\",1\n\"c\",\"2\"\n",
        ] {
            assert_eq!(table(text).unwrap().header, ["x", "y"], "{text:?}");
            assert_eq!(cells(text), expected, "{text:?}");
        }
        assert_eq!(cells("x,y\n\"#5\",1\n\"a\nb\",2\n"), [["#5", "1"], ["a\nb", "2"]]);
    }

    #[test]
    fn rows_are_counted_as_in_the_file() {
        let table = table("\nx,y\n1,2\n\n \"a\n\",4\n 5,6\n").unwrap_err();
        // A quotation mark behind a blank is one of the cell's characters, so the row ends with its line.
        assert!(table.contains("row 3 (line 5)"), "{table}");
        let rows: Vec<(usize, Vec<usize>)> = Table::parse(b"\nx,y\n1,2\n\n\"a\n\",4\n 5,6\n", Path::new("t.csv"))
            .unwrap()
            .rows
            .into_iter()
            .map(|row| (row.number, row.trimmed))
            .collect();
        assert_eq!(rows, [(1, vec![]), (3, vec![0]), (5, vec![0])]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_row() {
        for (text, expected) in [
            ("x,y\n1,2\n1,2,3\n", "row 2 (line 3): 3 cells, but the header has 2; cells with commas need quotes"),
            ("x,y\n1\n", "row 1 (line 2): 1 cell, but the header has 2"),
            ("x,y\n1,\"2\n3,4\n5,6\n", "row 1 (line 2): a quotation mark is opened in it"),
            ("x,y,x\n1,2,3\n", "header: two columns are called `x`"),
            ("x,y, x\n1,2,3\n", "header: two columns are called `x`"),
            ("# made by hand\nx,y\n1,2\n", "header: the first line begins with `#`"),
            ("x,y\n1,2\n#3,4\n", "row 2 (line 3): it begins with `#`"),
            ("x,y\n1,2\n # half of them\n", "row 2 (line 3): it begins with `#`"),
            ("x;y\n1;2\n", "commas between columns and points in decimals"),
            ("x\ty\n1\t2\n", "`\\t` in it"),
            ("{\"x\": 1}\n", "t.csv is JSON"),
            (" [{\"x\": 1}]\n", "t.csv is JSON"),
            ("", "t.csv is empty"),
            ("\n \n", "t.csv is empty"),
        ] {
            let message = table(text).unwrap_err();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
        let of_bytes = |bytes: &[u8]| Table::parse(bytes, Path::new("t.csv")).unwrap_err().to_string();
        let utf_16: Vec<u8> = "x,y\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            (&b"\x1f\x8b\x08\0\0"[..], "gzip"),
            (&[&b"\xff\xfe"[..], &utf_16].concat(), "UTF-16"),
            (&utf_16, "UTF-16"),
            (b"PK\x03\x04", "spreadsheet"),
            (b"x,y\nM\xfcnchen,1\n", "row 1 (line 2): it is not UTF-8"),
            (b"x,M\xfcnchen\n1,2\n", "header: it is not UTF-8"),
            (b"abc\0\0\0\0", "is no text"),
        ] {
            let message = of_bytes(bytes);
            assert!(message.contains(expected), "{message}");
        }
    }
}
