//! The process that the tests start: this test program itself, told by the environment to be `experiment`.

use std::process::ExitCode;

use datasets::{RawDataset, RawImages};
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

/// Images in which the class shows as a bright stripe.
fn images(count: usize, absent: Option<usize>) -> RawImages {
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for index in 0..count {
        let class = index % 10;
        let class = if Some(class) == absent { (class + 1) % 10 } else { class };
        labels.push(class as u8);
        for pixel in 0..28 * 28 {
            let noise = (pixel * 7919 + index * 104_729) % 61;
            let stripe = if pixel / 28 / 2 == class { 150 } else { 0 };
            images.push((noise + stripe) as u8);
        }
    }
    RawImages { channels: 1, height: 28, width: 28, images, labels }
}
