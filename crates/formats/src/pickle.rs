//! Python's pickles, as far as plain values and NumPy's arrays of bytes go.
//!
//! A pickle is a program for a machine that may call any function of Python. This reader calls none: it knows the few
//! operations that build values, keeps the three names by which NumPy's arrays are written as names, and refuses any other.
//! Memory is bounded by a number of values that the caller gives; bytes are borrowed from the file.
//!
//! The operations are described in Python's `pickletools`.

use counted::counted;
use std::collections::HashMap;

use crate::Malformed;

/// The containers that may lie in one another.
const MAX_DEPTH: usize = 8;

/// A value of a pickle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    None,
    Int(i64),
    /// A string of bytes or of text.
    Bytes(&'a [u8]),
    Tuple(Vec<Value<'a>>),
    List(Vec<Value<'a>>),
    Dict(Vec<(Value<'a>, Value<'a>)>),
    /// `numpy.core.multiarray._reconstruct`: makes an array that is still empty.
    Reconstruct,
    /// `numpy.ndarray`.
    ArrayType,
    /// `numpy.dtype`.
    DtypeType,
    /// A number format by its code, such as `u1`.
    Dtype(&'a [u8]),
    /// An array: its shape, number format and elements row by row; none of them while it is still empty.
    Array(Option<Array<'a>>),
}

/// An array with the last index running fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Array<'a> {
    pub shape: Vec<i64>,
    pub dtype: &'a [u8],
    pub elements: &'a [u8],
}

/// Reads a pickle of at most `max_values` values.
///
/// # Errors
///
/// What was expected and what was found, at which byte.
pub(crate) fn read<'a>(bytes: &'a [u8], file: &str, max_values: usize) -> Result<Value<'a>, Malformed> {
    let mut machine =
        Machine { bytes, at: 0, file, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new(), left: max_values };
    loop {
        if machine.step()? {
            let value = machine.pop()?;
            return if machine.stack.is_empty() { Ok(value) } else { Err(machine.wrong("one value", "several")) };
        }
    }
}

struct Machine<'a, 'f> {
    bytes: &'a [u8],
    at: usize,
    file: &'f str,
    stack: Vec<Value<'a>>,
    /// Heights of the stack that were marked.
    marks: Vec<usize>,
    /// Values without others in them, by their number: those with others would be copied as often as a file likes.
    memo: HashMap<u32, Value<'a>>,
    /// Values that may still be made.
    left: usize,
}

impl<'a> Machine<'a, '_> {
    fn wrong(&self, expected: impl Into<String>, found: impl Into<String>) -> Malformed {
        Malformed::new(self.file, expected, format!("{} before byte {}", found.into(), self.at))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let rest = &self.bytes[self.at..];
        let Some((taken, _)) = rest.split_at_checked(count) else {
            return Err(self.wrong(format!("{} more of a pickle", counted(count, "byte")), format!("{}", rest.len())));
        };
        self.at += count;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.take(1)?[0])
    }

    fn word(&mut self) -> Result<[u8; 4], Malformed> {
        Ok(*self.take(4)?.first_chunk().expect("four bytes were taken"))
    }

    fn line(&mut self) -> Result<&'a [u8], Malformed> {
        let rest = &self.bytes[self.at..];
        let Some(length) = rest.iter().take(256).position(|&byte| byte == b'\n') else {
            return Err(self.wrong("a name", "none"));
        };
        Ok(self.take(length + 1)?.trim_ascii_end())
    }

    fn count(&mut self) -> Result<(), Malformed> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return Err(self.wrong("a pickle of a batch", "far more values")),
        }
        Ok(())
    }

    fn push(&mut self, value: Value<'a>) -> Result<bool, Malformed> {
        self.count()?;
        self.stack.push(value);
        Ok(false)
    }

    fn pop(&mut self) -> Result<Value<'a>, Malformed> {
        // What lies under a mark belongs to what is built after it.
        if self.marks.last().is_some_and(|&mark| mark >= self.stack.len()) {
            return Err(self.wrong("a value", "a mark"));
        }
        self.stack.pop().ok_or_else(|| self.wrong("a value", "none"))
    }

    fn top(&mut self) -> Result<&mut Value<'a>, Malformed> {
        match self.stack.last_mut() {
            Some(value) => Ok(value),
            None => Err(Malformed::new(self.file, "a value to build on", format!("none before byte {}", self.at))),
        }
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Value<'a>>, Malformed> {
        let mark = self.marks.pop().ok_or_else(|| self.wrong("a mark", "none"))?;
        if mark > self.stack.len() {
            return Err(self.wrong("values after a mark", "fewer"));
        }
        Ok(self.stack.split_off(mark))
    }

    /// Values that may be put into a container.
    fn checked(&self, values: Vec<Value<'a>>) -> Result<Vec<Value<'a>>, Malformed> {
        if values.iter().any(|value| depth(value) >= MAX_DEPTH) {
            return Err(self.wrong("few containers in one another", "many"));
        }
        Ok(values)
    }

    fn push_tuple(&mut self, length: usize) -> Result<bool, Malformed> {
        let mut values = (0..length).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        values.reverse();
        let values = self.checked(values)?;
        self.push(Value::Tuple(values))
    }

    fn extend(&mut self, values: Vec<Value<'a>>) -> Result<bool, Malformed> {
        let mut values = self.checked(values)?;
        match self.top()? {
            Value::List(list) => list.append(&mut values),
            _ => return Err(self.wrong("a list", "another value")),
        }
        Ok(false)
    }

    fn set(&mut self, values: Vec<Value<'a>>) -> Result<bool, Malformed> {
        if !values.len().is_multiple_of(2) {
            return Err(self.wrong("keys with values", "a key without"));
        }
        let mut values = self.checked(values)?.into_iter();
        match self.top()? {
            Value::Dict(dict) => {
                while let (Some(key), Some(value)) = (values.next(), values.next()) {
                    dict.push((key, value));
                }
            }
            _ => return Err(self.wrong("a dictionary", "another value")),
        }
        Ok(false)
    }

    fn keep(&mut self, number: u32) -> Result<bool, Malformed> {
        self.count()?;
        let Some(value) = self.stack.last() else {
            return Err(self.wrong("a value to remember", "none"));
        };
        match value {
            Value::Tuple(_) | Value::List(_) | Value::Dict(_) | Value::Array(_) => self.memo.remove(&number),
            plain => self.memo.insert(number, plain.clone()),
        };
        Ok(false)
    }

    fn recall(&mut self, number: u32) -> Result<bool, Malformed> {
        match self.memo.get(&number).cloned() {
            Some(value) => self.push(value),
            None => Err(self.wrong("a number or a string that was remembered", "another reference")),
        }
    }

    /// Carries out one operation; whether it was the last.
    fn step(&mut self) -> Result<bool, Malformed> {
        match self.byte()? {
            // PROTO
            0x80 => match self.byte()? {
                0..=2 => Ok(false),
                version => Err(self.wrong("a pickle of protocol 2 or lower", format!("protocol {version}"))),
            },
            b'.' => Ok(true),
            b'(' => {
                self.count()?;
                self.marks.push(self.stack.len());
                Ok(false)
            }
            b'N' => self.push(Value::None),
            // NEWTRUE, NEWFALSE
            0x88 => self.push(Value::Int(1)),
            0x89 => self.push(Value::Int(0)),
            // BININT1, BININT2, BININT
            b'K' => {
                let value = self.byte()?.into();
                self.push(Value::Int(value))
            }
            b'M' => {
                let bytes = self.take(2)?;
                self.push(Value::Int(u16::from_le_bytes([bytes[0], bytes[1]]).into()))
            }
            b'J' => {
                let value = i32::from_le_bytes(self.word()?).into();
                self.push(Value::Int(value))
            }
            // SHORT_BINSTRING, BINSTRING, BINUNICODE
            b'U' => {
                let length = self.byte()?.into();
                let text = self.take(length)?;
                self.push(Value::Bytes(text))
            }
            b'T' | b'X' => {
                let length = u32::from_le_bytes(self.word()?) as usize;
                let text = self.take(length)?;
                self.push(Value::Bytes(text))
            }
            b')' => self.push(Value::Tuple(Vec::new())),
            0x85 => self.push_tuple(1),
            0x86 => self.push_tuple(2),
            0x87 => self.push_tuple(3),
            b't' => {
                let values = self.pop_to_mark()?;
                let values = self.checked(values)?;
                self.push(Value::Tuple(values))
            }
            b']' => self.push(Value::List(Vec::new())),
            // APPEND, APPENDS
            b'a' => {
                let value = self.pop()?;
                self.extend(vec![value])
            }
            b'e' => {
                let values = self.pop_to_mark()?;
                self.extend(values)
            }
            b'}' => self.push(Value::Dict(Vec::new())),
            // SETITEM, SETITEMS
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![key, value])
            }
            b'u' => {
                let values = self.pop_to_mark()?;
                self.set(values)
            }
            // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
            b'q' => {
                let number = self.byte()?.into();
                self.keep(number)
            }
            b'r' => {
                let number = u32::from_le_bytes(self.word()?);
                self.keep(number)
            }
            b'h' => {
                let number = self.byte()?.into();
                self.recall(number)
            }
            b'j' => {
                let number = u32::from_le_bytes(self.word()?);
                self.recall(number)
            }
            b'c' => self.name(),
            b'R' => self.reduce(),
            b'b' => self.build(),
            other => Err(self.wrong("an operation that builds plain values", format!("the operation {other:#04x}"))),
        }
    }

    /// GLOBAL: one of the names that arrays are written by.
    fn name(&mut self) -> Result<bool, Malformed> {
        let (module, name) = (self.line()?, self.line()?);
        match (module, name) {
            (b"numpy.core.multiarray", b"_reconstruct") => self.push(Value::Reconstruct),
            (b"numpy", b"ndarray") => self.push(Value::ArrayType),
            (b"numpy", b"dtype") => self.push(Value::DtypeType),
            _ => {
                let [module, name] = [module, name].map(String::from_utf8_lossy);
                Err(self.wrong("a NumPy array", format!("the name {module}.{name}")))
            }
        }
    }

    /// REDUCE: what a call of these names stands for; nothing is called.
    fn reduce(&mut self) -> Result<bool, Malformed> {
        let (arguments, name) = (self.pop()?, self.pop()?);
        let Value::Tuple(arguments) = arguments else {
            return Err(self.wrong("arguments", "another value"));
        };
        match (name, &arguments[..]) {
            (Value::Reconstruct, [Value::ArrayType, ..]) => self.push(Value::Array(None)),
            (Value::DtypeType, [Value::Bytes(code), ..]) => {
                let code = *code;
                self.push(Value::Dtype(code))
            }
            _ => Err(self.wrong("a NumPy array", "a call of something else")),
        }
    }

    /// BUILD: gives an array its state; that of a number format says no more than its code, of one byte.
    fn build(&mut self) -> Result<bool, Malformed> {
        let state = self.pop()?;
        let expected = "the state of an array, row by row";
        match (self.top()?, state) {
            (Value::Dtype(_), Value::Tuple(_)) => Ok(false),
            (Value::Array(array @ None), Value::Tuple(state)) => {
                let [_, Value::Tuple(shape), Value::Dtype(dtype), Value::Int(0), Value::Bytes(elements)] = &state[..]
                else {
                    return Err(self.wrong(expected, "another"));
                };
                let shape: Option<Vec<i64>> =
                    shape.iter().map(|size| if let Value::Int(size) = size { Some(*size) } else { None }).collect();
                match shape {
                    Some(shape) => *array = Some(Array { shape, dtype, elements }),
                    None => return Err(self.wrong(expected, "another")),
                }
                Ok(false)
            }
            _ => Err(self.wrong(expected, "another value")),
        }
    }
}

/// How deep containers lie in one another in a value; its parts were checked before.
fn depth(value: &Value<'_>) -> usize {
    let deepest = |values: &mut dyn Iterator<Item = &Value<'_>>| values.map(depth).max().unwrap_or(0);
    match value {
        Value::Tuple(values) | Value::List(values) => 1 + deepest(&mut values.iter()),
        Value::Dict(pairs) => 1 + deepest(&mut pairs.iter().flat_map(|(key, value)| [key, value])),
        Value::Array(_) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(bytes: &[u8]) -> Result<Value<'_>, String> {
        read(bytes, "f", 1000).map_err(|error| error.to_string())
    }

    #[test]
    fn plain_values_are_read() {
        // {"a": [1, 300, -2], "b": (None, True)}, as Python 2 writes it.
        let bytes = b"\x80\x02}q\x01(U\x01aq\x02]q\x03(K\x01M,\x01J\xfe\xff\xff\xffeU\x01bN\x88\x86u.";
        let list = Value::List(vec![Value::Int(1), Value::Int(300), Value::Int(-2)]);
        let pair = Value::Tuple(vec![Value::None, Value::Int(1)]);
        assert_eq!(value(bytes).unwrap(), Value::Dict(vec![(Value::Bytes(b"a"), list), (Value::Bytes(b"b"), pair)]));
        for length in 0..bytes.len() {
            assert!(value(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn nothing_is_called() {
        // What os.system would be called by.
        let message = value(b"cos\nsystem\n(U\x04truetR.").unwrap_err();
        assert!(message.contains("the name os.system"), "{message}");
        let message = value(b"\x80\x02cnumpy\ndtype\n(K\x01tR.").unwrap_err();
        assert!(message.contains("a call of something else"), "{message}");
        let message = value(b"\x80\x04.").unwrap_err();
        assert!(message.contains("protocol 4"), "{message}");
    }

    #[test]
    fn neither_depth_nor_number_is_the_file_s_to_choose() {
        let deep = [&b")"[..], &[0x85; 100_000], b"."].concat();
        assert!(value(&deep).unwrap_err().contains("few containers in one another"));
        let many = [&vec![b'N'; 1001][..], b"."].concat();
        assert!(value(&many).unwrap_err().contains("far more values"));
        let marks = vec![b'('; 1001];
        assert!(value(&marks).unwrap_err().contains("far more values"));
        // A container that is remembered is not to be had again, so that none is doubled over and over.
        assert!(value(b"]q\x00h\x00.").unwrap_err().contains("another reference"));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = value(&bytes);
        }

        #[test]
        fn arbitrary_operations_never_panic(
            steps in prop::collection::vec(prop::sample::select(b"().NK\x01Mab)]}aesutqrhjcRb\x85\x86\x87\x88U".to_vec()), 0..64),
        ) {
            let _ = value(&steps);
        }
    }
}
