use std::io::{BufWriter, ErrorKind};

use proptest::prelude::*;

use super::*;
use crate::record::masked_crc;

/// The events of a file; `None` where a checksum is wrong, a record is cut off or its data are no event.
fn read(mut bytes: &[u8]) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let length = checked(&mut bytes, 8)?;
        let length = usize::try_from(u64::from_le_bytes(length.try_into().unwrap())).ok()?;
        events.push(Event::decode(checked(&mut bytes, length)?).ok()?);
    }
    Some(events)
}

/// The next `length` bytes, where their checksum follows them.
fn checked<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (data, rest) = bytes.split_at_checked(length)?;
    let (crc, rest) = rest.split_first_chunk()?;
    *bytes = rest;
    (u32::from_le_bytes(*crc) == masked_crc(data)).then_some(data)
}

fn written(begun: f64, scalars: &[(String, i64, f32, f64)]) -> Vec<u8> {
    let mut events = EventsWriter::new(Vec::new(), begun).unwrap();
    for (tag, step, value, wall_time) in scalars {
        events.scalar(tag, *step, *value, *wall_time).unwrap();
    }
    events.finish().unwrap()
}

fn scalars() -> impl Strategy<Value = Vec<(String, i64, f32, f64)>> {
    let any_value = prop::num::f32::ANY;
    prop::collection::vec((any::<String>(), any::<i64>(), any_value, any::<f64>()), 0..6)
}

proptest! {
    #[test]
    fn what_is_written_reads_back(begun in any::<f64>(), scalars in scalars()) {
        let mut events = read(&written(begun, &scalars)).unwrap().into_iter();
        let version = Some(What::FileVersion("brain.Event:2".to_owned()));
        prop_assert_eq!(events.next().unwrap(), Event { wall_time: begun, step: 0, what: version });
        for (tag, step, value, wall_time) in scalars {
            let event = events.next().unwrap();
            prop_assert_eq!((event.step, event.wall_time), (step, wall_time));
            let Some(What::Summary(summary)) = event.what else { panic!("no summary") };
            let [found] = &summary.value[..] else { panic!("{summary:?}") };
            prop_assert_eq!(&found.tag, &tag);
            // Bits, since a NaN equals nothing.
            prop_assert_eq!(found.simple_value.unwrap().to_bits(), value.to_bits());
        }
        prop_assert_eq!(events.next(), None);
    }

    #[test]
    fn a_changed_byte_is_noticed(scalars in scalars(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = written(0.0, &scalars);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert_eq!(read(&bytes), None);
    }
}

#[test]
fn what_is_buffered_is_handed_on() {
    let mut events = EventsWriter::new(BufWriter::new(Vec::new()), 0.0).unwrap();
    events.scalar("loss", 1, 0.5, 2.0).unwrap();
    events.flush().unwrap();
    let buffered = events.finish().unwrap();
    assert!(buffered.buffer().is_empty());
    assert_eq!(read(buffered.get_ref()).unwrap().len(), 2);
}

#[test]
fn a_writer_that_is_full_is_an_error() {
    let mut room = [0; 60];
    let mut events = EventsWriter::new(&mut room[..], 0.0).unwrap();
    assert_eq!(events.scalar("loss", 1, 0.5, 2.0).unwrap_err().kind(), ErrorKind::WriteZero);
    assert_eq!(EventsWriter::new(&mut room[..8], 0.0).unwrap_err().kind(), ErrorKind::WriteZero);
}
