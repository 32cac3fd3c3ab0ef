//! What every drawn figure must keep, and figures to keep it.

use std::fs;
use std::path::PathBuf;

use plotting::{
    Discretization, DrawnPath, Estimate, Group, LayerGroup, Line, LinesFigure, LinesPanel, LinesRow, PathDiagram,
    PlaneAxis, Point, Reference, Scale, Scene, ViolinFigure, ViolinPanel, save, to_bitmap, to_svg,
};

pub const CONDITIONS: [&str; 4] = ["[No, No]", "[No, Yes]", "[Yes, No]", "[Yes, Yes]"];
pub const DATASETS: [&str; 4] = ["CIFAR-10", "FashionMNIST", "SVHN", "MNIST"];
pub const MOMENTS: [&str; 4] = ["At initialisation", "After task 1", "After the reset", "After task 2"];

/// Numbers in [0, 1) that look random but are the same every time.
fn random(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Values around `middle`, one for each of `seeds` seeds.
pub fn runs(middle: f64, seeds: u64) -> Vec<Point> {
    let mut next = random(middle.to_bits());
    (0..seeds)
        .map(|seed| {
            let sum: f64 = (0..4).map(|_| next()).sum();
            Point { seed, value: middle * (1.0 + 0.1 * (sum - 2.0)) }
        })
        .collect()
}

pub fn baseline(value: f64, n: usize) -> Option<Reference> {
    let points = runs(value, n as u64);
    let mean = Some(Estimate { value, low: value * 0.97, high: value * 1.03 });
    let runs = Some(Group { label: "baseline".to_string(), points, failed: 0, mean });
    Some(Reference { value, label: "baseline mean".to_string(), n: Some(n), runs })
}

pub fn violins(title: &str, labels: &[&str], seeds: u64) -> ViolinPanel {
    let group = |(place, label): (usize, &&str)| {
        let value = 0.6 + 0.05 * place as f64;
        let mean = Some(Estimate { value, low: value * 0.96, high: value * 1.05 });
        Group { label: label.to_string(), points: runs(value, seeds), failed: 0, mean }
    };
    ViolinPanel {
        title: title.to_string(),
        groups: labels.iter().enumerate().map(group).collect(),
        reference: baseline(0.58, 3),
        ..ViolinPanel::default()
    }
}

/// The violin panel at place `at` of a figure that has one there.
pub fn panel(figure: &mut ViolinFigure, at: usize) -> &mut ViolinPanel {
    match &mut figure.panels[at] {
        plotting::Panel::Violins(violins) => violins,
        plotting::Panel::Paths(diagram) => panic!("{:?} is a diagram", diagram.title),
    }
}

pub fn figure(panels: usize, labels: &[&str], seeds: u64) -> ViolinFigure {
    ViolinFigure {
        title: Some("Bias reset".to_string()),
        panels: DATASETS.iter().cycle().take(panels).map(|title| violins(title, labels, seeds).into()).collect(),
        y_label: "Test loss".to_string(),
        x_label: "Reset before task [1, 2]".to_string(),
        note: Some("Demo scale: fewer epochs & images than the paper's.".to_string()),
        ..ViolinFigure::default()
    }
}

/// Losses in a first row of panels, a ratio in a second.
pub fn two_measures(columns: usize, seeds: u64) -> ViolinFigure {
    let mut figure = figure(2 * columns, &CONDITIONS, seeds);
    for at in columns..2 * columns {
        let panel = panel(&mut figure, at);
        panel.y_label = Some("Epochs to the best validation loss, relative to [No, No]".to_string());
        panel.reference =
            Some(Reference { value: 1.0, label: "= [No, No]".to_string(), n: None, ..Reference::default() });
        panel.groups.remove(0);
        for (place, group) in panel.groups.iter_mut().enumerate() {
            group.points = runs(0.9 + 0.2 * place as f64, seeds);
        }
    }
    figure.columns = Some(columns);
    figure
}

/// The path through `corners`, cut evenly into each number of tasks.
fn path(label: &str, corners: &[(f64, f64)], numbers: &[usize]) -> DrawnPath {
    let at = |share: f64| {
        let legs = (corners.len() - 1) as f64;
        let leg = ((share * legs).floor() as usize).min(corners.len() - 2);
        let rest = share * legs - leg as f64;
        let (a, b) = (corners[leg], corners[leg + 1]);
        (a.0 + (b.0 - a.0) * rest, a.1 + (b.1 - a.1) * rest)
    };
    let cut = |&n: &usize| Discretization { n, points: (0..n).map(|i| at(i as f64 / (n - 1) as f64)).collect() };
    DrawnPath { label: label.to_string(), discretizations: numbers.iter().map(cut).collect() }
}

pub fn diagram(title: &str, x: (&str, f64, f64), y: (&str, f64, f64), numbers: &[usize]) -> PathDiagram {
    let axis = |(label, source, target): (&str, f64, f64)| PlaneAxis { label: label.to_string(), source, target };
    let (source, target) = ((x.1, y.1), (x.2, y.2));
    let name = |axis: &str| axis.split(' ').next().unwrap_or_default().to_lowercase();
    let (first, second) = (name(x.0), name(y.0));
    PathDiagram {
        title: title.to_string(),
        paths: vec![
            path(&format!("{first}, then {second}"), &[source, (x.2, y.1), target], numbers),
            path(&format!("{second}, then {first}"), &[source, (x.1, y.2), target], numbers),
            path("both together", &[source, target], numbers),
        ],
        x: axis(x),
        y: axis(y),
    }
}

/// Two planes, each with its diagram and a panel of results for each path.
pub fn planes(seeds: u64) -> ViolinFigure {
    let numbers = [2, 3, 5, 9];
    let diagrams = [
        diagram("Blur × contrast", ("Blur factor", 0.25, 1.0), ("Contrast", 0.1, 1.0), &numbers),
        diagram("Blur × shift", ("Blur factor", 0.25, 1.0), ("Shift", 0.25, 0.0), &numbers),
    ];
    let mut panels = Vec::new();
    for diagram in diagrams {
        let labels: Vec<String> = diagram.paths.iter().map(|path| path.label.clone()).collect();
        panels.push(diagram.into());
        for (place, label) in labels.iter().enumerate() {
            panels.push(ViolinPanel { path: Some(place), ..violins(label, &["2", "3", "5", "9"], seeds) }.into());
        }
    }
    ViolinFigure {
        panels,
        title: Some("Two-dimensional paths".to_string()),
        y_label: "Final test loss".to_string(),
        x_label: "Number of tasks N".to_string(),
        shared_y: plotting::SharedY::Rows,
        columns: Some(4),
        ..ViolinFigure::default()
    }
}

fn layers(prefix: &str) -> Vec<LayerGroup> {
    let groups = [("stem", 1), ("stage 1", 4), ("stage 2", 5), ("stage 3", 5), ("stage 4", 5), ("head", 1)];
    let group = |&(label, count): &(&str, usize)| LayerGroup {
        label: label.to_string(),
        layers: (0..count).map(|layer| format!("{prefix}.{label}.{layer}")).collect(),
    };
    groups.iter().map(group).collect()
}

/// Four measures (or the first `rows` of them) at four moments.
pub fn lines(rows: usize, lines: usize, n: usize) -> LinesFigure {
    let measures = [
        ("Mean |bias|", Scale::Log, 0.02),
        ("Mean |weight|", Scale::Linear, 0.05),
        ("Zero activations (share)", Scale::Linear, 0.5),
        ("Units that never fire (share)", Scale::Linear, 0.1),
    ];
    let mut next = random(7);
    let mut panel = |column: usize, size: f64| {
        let mut line = |place: usize| {
            let mut value = |layer: usize| {
                let middle = size * (1.0 + 0.25 * column as f64 + 0.15 * place as f64) * (1.0 + 0.05 * layer as f64);
                let value = middle * (0.9 + 0.2 * next());
                let half = if n == 1 { 0.0 } else { middle * 0.08 };
                Some(Estimate { value, low: value - half, high: value + half })
            };
            Line { values: (0..21).map(&mut value).collect(), n, failed: 0 }
        };
        LinesPanel { lines: (0..lines).map(&mut line).collect(), ..LinesPanel::default() }
    };
    let mut row = |&(label, scale, size): &(&str, Scale, f64)| LinesRow {
        title: None,
        y_label: label.to_string(),
        scale,
        groups: layers("layer"),
        panels: (0..MOMENTS.len()).map(|column| panel(column, size)).collect(),
        zero: false,
    };
    let names = CONDITIONS.iter().chain(&["[Twice, No]", "[Twice, Yes]"]);
    LinesFigure {
        title: Some("Norms and activations".to_string()),
        lines: names.take(lines).map(|name| name.to_string()).collect(),
        columns: MOMENTS.iter().map(|name| name.to_string()).collect(),
        rows: measures.iter().take(rows).map(&mut row).collect(),
        x_label: "Layer, from the input to the output".to_string(),
        interval: "95 % interval over seeds".to_string(),
        reference: "at initialisation".to_string(),
        note: Some("Demo scale: fewer epochs & images than the paper's.".to_string()),
    }
}

/// Checks what must hold for every laid-out figure and returns it. Where the environment variable `PLOTTING_PICTURES`
/// names a folder, the figure is also drawn there, to be looked at, under the name of its test and its place in it.
pub fn sound(scene: Scene) -> Scene {
    let boxes = scene.text_boxes();
    for (index, one) in boxes.iter().enumerate() {
        assert!(one.left >= 0.0 && one.right <= scene.width, "{one:?} leaves a page {} pt wide", scene.width);
        assert!(one.top >= 0.0 && one.bottom <= scene.height, "{one:?} leaves a page {} pt high", scene.height);
        for other in &boxes[index + 1..] {
            assert!(!one.overlaps(other), "{one:?} covers {other:?}");
        }
    }
    let svg = to_svg(&scene).unwrap();
    for one in &boxes {
        let escaped = one.content.replace('&', "&amp;");
        assert!(svg.contains(&escaped), "{:?} is not in the SVG file", one.content);
    }
    assert!(!svg.contains("NaN"));
    if let Some(folder) = std::env::var_os("PLOTTING_PICTURES").map(PathBuf::from) {
        fs::create_dir_all(&folder).unwrap();
        let test = std::thread::current().name().unwrap_or("figure").replace("::", "-");
        let free = (0..).map(|place| folder.join(format!("{test}-{place}.png"))).find(|path| !path.exists()).unwrap();
        save(&scene, &free.with_extension("svg"), &free).unwrap();
    }
    let bitmap = to_bitmap(&scene).unwrap();
    assert_eq!(bitmap.width, (scene.width * 300.0 / 72.0).ceil() as u32);
    assert_eq!(bitmap.rgb.len(), bitmap.width as usize * bitmap.height as usize * 3);
    let dark = bitmap.rgb.chunks(3).filter(|pixel| pixel.iter().all(|&value| value < 100)).count();
    assert!(dark > 2_000, "only {dark} dark pixels");
    assert!(dark < bitmap.rgb.len() / 3 / 5, "{dark} dark pixels");
    scene
}

pub fn says(scene: &Scene, what: &str) -> bool {
    let said: Vec<String> = scene.text_boxes().into_iter().map(|one| one.content).collect();
    said.join(" ").contains(what)
}

/// How many texts of the figure say just this.
pub fn count(scene: &Scene, what: &str) -> usize {
    scene.text_boxes().iter().filter(|one| one.content == what).count()
}
