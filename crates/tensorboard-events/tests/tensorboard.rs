//! The bytes that TensorBoard's own writer writes for the same events, under the name that it gives the file. What
//! `fixtures/events.py` wrote is in `fixtures`.

use std::path::Path;

use tensorboard_events::{EventsWriter, file_name};

const BEGUN: f64 = 1_735_689_600.25;

#[test]
fn bytes_are_tensorboards() {
    let long_name = "a long name ".repeat(20);
    let scalars = [
        ("loss", 0, 2.5, 1_735_689_601.0),
        ("loss", 1, 0.1, 1_735_689_602.125),
        ("loss", 300, 0.0, 1_735_689_603.75),
        ("test/accuracy", 1 << 40, -1e-40, 1_735_689_604.0),
        ("Verlust über Schritte, ε = 0", -1, f32::INFINITY, 1_735_689_605.0),
        ("", i64::MAX, f32::NEG_INFINITY, 0.0),
        ("loss", i64::MIN, f32::NAN, 1_735_689_606.0),
        (&long_name, 7, f32::MAX, 1_735_689_607.0),
    ];
    let mut events = EventsWriter::new(Vec::new(), BEGUN).unwrap();
    for (tag, step, value, wall_time) in scalars {
        events.scalar(tag, step, value, wall_time).unwrap();
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let expected = std::fs::read(fixtures.join(file_name(BEGUN, "host"))).unwrap();
    assert_eq!(events.finish().unwrap(), expected);
}
