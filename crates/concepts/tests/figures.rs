//! Whole figures: every text and every image inside the page, no text on another or on an image, the same in both files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use concepts::{
    Block, BlurredImage, Gallery, LearningPath, PathTask, Row, Step, Timelines, gallery, learning_path, timelines,
};
use plotting::style::PAGE_WIDTH;
use plotting::{Bitmap, Mark, Scene, TextBox, to_bitmap, to_svg};

/// A picture with an edge in it, `side` pixels wide and high.
fn picture(side: u32, level: u8) -> Bitmap {
    let pixel = |x: u32, y: u32| if x > y { [200, level, 40] } else { [level, level, level] };
    let rgb = (0..side).flat_map(|y| (0..side).flat_map(move |x| pixel(x, y))).collect();
    Bitmap { width: side, height: side, rgb }
}

fn blurred(count: u8, side: u32) -> Vec<BlurredImage> {
    let factor = |step: u8| 0.25 + 0.75 * f64::from(step) / f64::from(count - 1);
    (0..count).map(|step| BlurredImage { factor: factor(step), picture: picture(side, 20 * step) }).collect()
}

fn path(places: &[(f64, f64)], side: u32) -> LearningPath {
    let task = |&(blur, contrast): &(f64, f64)| PathTask { blur, contrast, picture: picture(side, 90) };
    LearningPath { path: places.iter().map(task).collect(), blur_axis: blurred(9, side) }
}

fn sequences(tasks: u8, side: u32) -> Timelines {
    Timelines {
        path: blurred(tasks, side),
        epochs: 200,
        discretized_epochs: 100,
        lr: 1e-3,
        second_lr: 2e-3,
        bias: 0.01,
    }
}

fn images(datasets: usize, columns: u8, side: u32) -> Gallery {
    let step = |draws: u8| {
        move |step: u8| Step {
            label: format!("s = 0.{step}25"),
            draws: (0..draws).map(|draw| picture(side, 10 * step + draw)).collect(),
        }
    };
    let row = |title: &str, draws: u8| Row { title: title.into(), steps: (0..columns).map(step(draws)).collect() };
    let block = |number: usize| Block {
        title: format!("Dataset {number}"),
        rows: vec![row("Blur", 1), row("Contrast", 1), row("Random shift, two draws", 2)],
    };
    Gallery { blocks: (0..datasets).map(block).collect(), note: "s: the blur factor.".into() }
}

/// The rectangles of the images.
fn image_boxes(scene: &Scene) -> Vec<TextBox> {
    let of = |mark: &Mark| match mark {
        Mark::Image { corner: (left, top), size, .. } => {
            let (right, bottom) = (left + size.0, top + size.1);
            Some(TextBox { content: "an image".into(), left: *left, top: *top, right, bottom })
        }
        _ => None,
    };
    scene.marks.iter().filter_map(of).collect()
}

/// Checks what must hold for every figure and returns its images.
fn checked(scene: &Scene) -> Vec<TextBox> {
    assert_eq!(scene.width, PAGE_WIDTH);
    let (texts, images) = (scene.text_boxes(), image_boxes(scene));
    for (index, one) in texts.iter().enumerate() {
        for other in texts[index + 1..].iter().chain(&images) {
            assert!(!one.overlaps(other), "{one:?} covers {other:?}");
        }
    }
    for one in texts.iter().chain(&images) {
        let inside = one.left >= 0.0 && one.right <= scene.width && one.top >= 0.0 && one.bottom <= scene.height;
        assert!(inside, "{one:?} leaves a page of {} × {} pt", scene.width, scene.height);
    }
    let svg = to_svg(scene).unwrap();
    assert!(!svg.contains("NaN"));
    assert_eq!(svg.matches("<image ").count(), images.len());
    images
}

/// Checks that no image covers another or is covered by anything.
fn apart(scene: &Scene, images: &[TextBox]) {
    for (index, one) in images.iter().enumerate() {
        assert!(images[index + 1..].iter().all(|other| !one.overlaps(other)), "{one:?} covers another");
    }
    let bitmap = to_bitmap(scene).unwrap();
    for image in images {
        let (x, y) = ((image.right - 1.0) * 300.0 / 72.0, (image.top + 1.0) * 300.0 / 72.0);
        let [red, _, blue] = bitmap.pixel(x as u32, y as u32);
        assert_eq!([red, blue], [200, 40], "the upper right corner of {image:?} is covered");
    }
}

#[test]
fn learning_paths_of_four_to_six_tasks() {
    let four = [(0.25, 0.3), (0.5, 0.6), (0.75, 0.75), (1.0, 1.0)];
    let five = [(0.25, 0.3), (0.43, 0.55), (0.62, 0.65), (0.81, 0.72), (1.0, 1.0)];
    let six = [(0.25, 0.3), (0.4, 0.45), (0.55, 0.55), (0.7, 0.7), (0.85, 0.85), (1.0, 1.0)];
    let level = [(0.25, 1.0), (0.44, 1.0), (0.62, 1.0), (0.81, 1.0), (1.0, 1.0)];
    for (places, side) in [(&four[..], 28), (&five, 32), (&six, 32), (&level, 32)] {
        let scene = learning_path(&path(places, side));
        let images = checked(&scene);
        assert_eq!(images.len(), places.len() + 9);
        apart(&scene, &images);
    }
}

#[test]
#[should_panic(expected = "no room for three interventions")]
fn a_short_learning_path_is_refused() {
    learning_path(&path(&[(0.25, 0.5), (1.0, 1.0)], 28));
}

#[test]
fn timelines_of_three_to_six_tasks() {
    for tasks in 3..=6 {
        let scene = timelines(&sequences(tasks, 32));
        let (texts, images) = (scene.text_boxes(), checked(&scene));
        let said: Vec<&str> = texts.iter().map(|text| text.content.as_str()).collect();
        assert!(said.contains(&"learning rate 2e-3"));
        assert_eq!(said.iter().filter(|&&text| text == "+0.01 to every bias").count(), 2);
        assert_eq!(said.iter().filter(|&&text| text == "test loss").count(), 5);
        // One image a task: the baseline's, two in three sequences, the discretization's; and the stacks of test images.
        assert_eq!(images.len(), 1 + 3 * 2 + usize::from(tasks) + 5 * 3);
    }
}

#[test]
fn galleries_of_one_dataset_to_four() {
    for (datasets, columns, side) in
        [(1, 5, 28), (1, 9, 32), (3, 9, 28), (4, 5, 32), (4, 9, 32), (3, 5, 28), (1, 1, 28)]
    {
        let scene = gallery(&images(datasets, columns, side));
        let images = checked(&scene);
        apart(&scene, &images);
        assert_eq!(images.len(), datasets * 4 * usize::from(columns));
        assert!(scene.height <= 648.0, "{datasets} datasets need {} pt, and a page has 9 inches", scene.height);
        let lefts: BTreeSet<String> = images.iter().map(|image| format!("{:.3}", image.left)).collect();
        let side_by_side = if datasets > 2 && columns < 9 { 2 } else { 1 };
        assert_eq!(lefts.len(), usize::from(columns) * side_by_side, "columns are not aligned: {lefts:?}");
    }
}

/// The document without the pictures' bytes, which depend on how the encoder compresses.
fn without_pictures(svg: &str) -> String {
    let mut parts = svg.split("base64,");
    let first = parts.next().unwrap_or_default().to_string();
    first + &parts.map(|part| &part[part.find('"').unwrap()..]).collect::<String>()
}

/// After a change that is meant, look at the new figure and rewrite the document with
/// `PLOTTING_GOLDEN=write cargo test -p concepts`.
#[test]
fn a_small_gallery_is_laid_out_as_ever() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gallery.svg");
    let drawn = without_pictures(&to_svg(&gallery(&images(1, 2, 4))).unwrap());
    if std::env::var_os("PLOTTING_GOLDEN").is_some_and(|what| what == "write") {
        fs::write(&golden, &drawn).unwrap();
    }
    assert!(fs::read_to_string(&golden).unwrap() == drawn, "the gallery differs from {}", golden.display());
}
