//! Files that are no CSV, by how they begin.

/// What a file is that is no CSV, and what to do; `None` where it may be one.
pub(crate) fn other_than_csv(bytes: &[u8]) -> Option<&'static str> {
    let starts: [(&[u8], &str); 7] = [
        (b"\x1f\x8b", "is compressed with gzip; unpack it first (gunzip)"),
        (b"\x28\xb5\x2f\xfd", "is compressed with Zstandard; unpack it first (unzstd)"),
        (b"PK\x03\x04", "is a ZIP archive or a spreadsheet (.xlsx); unpack it, or save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0", "is a spreadsheet (.xls); save the sheet as CSV"),
        (b"PAR1", "is a Parquet file; write the table as CSV"),
        (b"\xff\xfe", "is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"),
        (b"\xfe\xff", "is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"),
    ];
    if let Some((_, reason)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(reason);
    }
    match bytes.trim_ascii_start() {
        [] => Some("is empty; the first line of a table names its columns"),
        // A line of ASCII in UTF-16 without its mark has a zero in every second byte.
        [_, 0, _, 0, ..] | [0, _, 0, _, ..] => Some("is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)"),
        text if text.iter().take(4096).any(|&byte| byte == 0) => Some("is no text; write the table as CSV"),
        [b'{' | b'[', ..] => Some("is JSON; write the table as CSV, a row a run"),
        [b'<', ..] => Some("is HTML or XML; write the table as CSV, a row a run"),
        _ => None,
    }
}
