//! The paper's concept figures: a learning path among tasks, the interventions as timelines, the images of the tasks.
//!
//! Pictures come from the caller, so that this crate knows neither datasets nor how images are transformed. Each figure is a
//! plain description and a function that lays it out as a [`plotting::Scene`], to be written with [`plotting::save`].
//!
//! ```
//! use concepts::{Block, Gallery, Row, Step};
//! use plotting::Bitmap;
//!
//! let grey = |level: u8| Bitmap { width: 2, height: 2, rgb: vec![level; 12] };
//! let step = |contrast: u8| Step { label: format!("{contrast} %"), draws: vec![grey(100 + contrast)] };
//! let contrast = Row { title: "Contrast".into(), steps: vec![step(10), step(55), step(100)] };
//! let blocks = vec![Block { title: "MNIST".into(), rows: vec![contrast] }];
//! let scene = concepts::gallery(&Gallery { blocks, note: "Contrast in percent.".into() });
//! assert!(plotting::to_svg(&scene)?.contains("55 %"));
//! # Ok::<(), plotting::PlotError>(())
//! ```

mod elements;
mod gallery;
mod learning_path;
mod picture;
mod surface;
mod timelines;

pub use elements::short;
pub use gallery::{Block, Gallery, Row, Step, gallery};
pub use learning_path::{LearningPath, PathTask, learning_path};
pub use picture::BlurredImage;
pub use timelines::{Timelines, timelines};
