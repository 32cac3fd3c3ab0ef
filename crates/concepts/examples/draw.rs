//! Draws the concept figures with images of your own, without any dataset.
//!
//! `cargo run --release -p concepts --example draw -- OUT PICTURE.png…` writes fig1, fig2 and fig7 to the folder OUT. The
//! pictures are 8-bit RGB or grey PNG files of up to 64 × 64 pixels; Figures 1 and 2 show the first, Figure 7 has a block
//! for each.

use std::env::args;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use concepts::{Block, BlurredImage, Gallery, LearningPath, PathTask, Row, Step, Timelines};
use plotting::{Bitmap, save};

/// Pixels a side: the transformations here are plain rather than fast.
const LARGEST: u32 = 64;
const NOTE: &str = "s: blur factor. c: contrast. a: half-width of the random shift; two draws are shown.";

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(out), pictures) = (args().nth(1), args().skip(2).collect::<Vec<_>>()) else {
        return Err("usage: draw OUT PICTURE.png…".into());
    };
    let pictures = pictures.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let first = pictures.first().ok_or("give at least one picture")?;
    let write = |name: &str, scene| {
        let path = Path::new(&out).join(name);
        save(&scene, &path.with_extension("svg"), &path.with_extension("png"))
    };
    let places = [(0.25, 0.3), (0.43, 0.55), (0.62, 0.65), (0.81, 0.72), (1.0, 1.0)];
    let path = places.map(|(s, c)| PathTask { blur: s, contrast: c, picture: contrast(&blur(first, s), c) }).to_vec();
    write("fig1", concepts::learning_path(&LearningPath { path, blur_axis: blurred(first, 9) }))?;
    write(
        "fig2",
        concepts::timelines(&Timelines {
            path: blurred(first, 5),
            epochs: 200,
            discretized_epochs: 100,
            lr: 1e-3,
            second_lr: 2e-3,
            bias: 0.01,
        }),
    )?;
    let steps = if pictures.len() > 3 { 5 } else { 9 };
    let blocks =
        pictures.iter().zip(1..).map(|(picture, number)| block(picture, format!("Picture {number}"), steps)).collect();
    write("fig7", concepts::gallery(&Gallery { blocks, note: NOTE.to_string() }))?;
    Ok(())
}

fn read(path: &str) -> Result<Bitmap, Box<dyn Error>> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width.max(height) > LARGEST {
        let most = format!("pictures of up to {LARGEST} × {LARGEST} are drawn; scale it down");
        return Err(format!("{path} has {width} × {height} pixels; {most}").into());
    }
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("the picture is too large")?];
    let info = reader.next_frame(&mut bytes)?;
    let channels = info.color_type.samples();
    let rgb =
        bytes[..info.buffer_size()].chunks(channels).flat_map(|p| [p[0], p[1 % channels], p[2 % channels]]).collect();
    Ok(Bitmap { width: info.width, height: info.height, rgb })
}

/// The values from `from` to `to` at `count` even steps.
fn steps(from: f64, to: f64, count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |step| from + (to - from) * step as f64 / (count - 1) as f64)
}

fn blurred(picture: &Bitmap, count: usize) -> Vec<BlurredImage> {
    steps(0.25, 1.0, count).map(|factor| BlurredImage { factor, picture: blur(picture, factor) }).collect()
}

fn block(picture: &Bitmap, title: String, count: usize) -> Block {
    let row = |title: &str, from, to, label: &dyn Fn(f64) -> String, draw: &dyn Fn(f64) -> Vec<Bitmap>| Row {
        title: title.to_string(),
        steps: steps(from, to, count).map(|value| Step { label: label(value), draws: draw(value) }).collect(),
    };
    Block {
        title,
        rows: vec![
            row("Blur", 0.25, 1.0, &|s| format!("s = {s:.2}"), &|s| vec![blur(picture, s)]),
            row("Contrast", 0.1, 1.0, &|c| format!("c = {:.0} %", 100.0 * c), &|c| vec![contrast(picture, c)]),
            row("Random shift", 0.25, 0.0, &|a| format!("a = {a:.2}"), &|a| {
                vec![shift(picture, (0.8 * a, -0.5 * a)), shift(picture, (-0.4 * a, 0.9 * a))]
            }),
        ],
    }
}

/// Each pixel's new value.
fn map(picture: &Bitmap, value: impl Fn(u32, u32, usize) -> f64) -> Bitmap {
    let places = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
    let rgb = places.flat_map(|(x, y)| [0, 1, 2].map(|channel| value(x, y, channel).round() as u8)).collect();
    Bitmap { rgb, ..*picture }
}

/// The mean of each pixel's neighbourhood, weighted by nearness: as wide as the pixels of the shrunk image would be.
fn blur(picture: &Bitmap, factor: f64) -> Bitmap {
    if factor == 1.0 {
        return picture.clone();
    }
    let reach = 1.0 / factor;
    map(picture, |x, y, channel| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for row in 0..picture.height {
            for column in 0..picture.width {
                let near = |a: u32, b: u32| (1.0 - f64::from(a.abs_diff(b)) / reach).max(0.0);
                let weight = near(x, column) * near(y, row);
                sum += weight * f64::from(picture.pixel(column, row)[channel]);
                weights += weight;
            }
        }
        sum / weights
    })
}

fn contrast(picture: &Bitmap, level: f64) -> Bitmap {
    let mean = picture.rgb.iter().map(|&value| f64::from(value)).sum::<f64>() / picture.rgb.len() as f64;
    map(picture, |x, y, channel| level * f64::from(picture.pixel(x, y)[channel]) + (1.0 - level) * mean)
}

fn shift(picture: &Bitmap, (right, down): (f64, f64)) -> Bitmap {
    let pixels = |share: f64, side: u32| (share * f64::from(side)).round() as i64;
    let (right, down) = (pixels(right, picture.width), pixels(down, picture.height));
    map(picture, |x, y, channel| {
        let (x, y) = (i64::from(x) - right, i64::from(y) - down);
        let inside = (0..i64::from(picture.width)).contains(&x) && (0..i64::from(picture.height)).contains(&y);
        if inside { f64::from(picture.pixel(x as u32, y as u32)[channel]) } else { 0.0 }
    })
}
