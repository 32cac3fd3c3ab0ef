//! The process that the tests start: this test program itself, told by the environment to be `experiment`.

use std::process::ExitCode;

use datasets::{RawDataset, RawImages, stripes};
use paths::DatasetName;

/// The command line, an argument a line.
pub const ARGUMENTS: &str = "RELIABILITY_ARGUMENTS";
/// A class that no training image has.
pub const ABSENT_CLASS: &str = "RELIABILITY_ABSENT_CLASS";

/// Not a test of its own: the part that the processes play.
#[test]
fn experiment() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let absent = std::env::var(ABSENT_CLASS).ok().map(|class| class.parse().expect("a class"));
    let mnist = RawDataset { name: DatasetName::Mnist, train: images(2000, absent), test: images(60, None) };
    let code = figures::main_on(arguments.lines().map(Into::into), vec![mnist]);
    let code = (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).expect("exit codes are bytes");
    std::process::exit(code.into());
}

/// Made-up images of every class but `absent`, which the next one takes the place of.
fn images(count: usize, absent: Option<u8>) -> RawImages {
    let class = |class: u8| if Some(class) == absent { (class + 1) % 10 } else { class };
    stripes(DatasetName::Mnist, (0..10).cycle().take(count).map(class).collect())
}
