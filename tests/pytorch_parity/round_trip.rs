//! Weights from PyTorch, and weights to PyTorch.

use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use datasets::{Library, RawDataset, stripes};
use paths::{DatasetName, ExperimentFile, ModelSpec, NetworkName};
use sequence::{Options, Plan, Store, execute};
use tch::{Device, Kind, Tensor};
use training::{Input, network};

use crate::fixture::{bits, distance, filled, folder, get, json, tensors};

#[test]
fn a_state_dict_of_pytorch_gives_pytorch_s_logits() {
    let reference = json("roundtrip.json");
    let number = |key: &str| reference[key].as_i64().unwrap();
    let (channels, count) = (number("channels"), number("n"));
    let spec = ModelSpec { width: number("width") as usize, ..ModelSpec::default() };
    let input = Input { channels: channels as usize, side: 28 };
    let mut network = network::new(&spec, input, 0, Kind::Float, Device::Cpu);
    network.load(&tensors("roundtrip.safetensors")).unwrap();
    let images = filled(reference["image_stream"].as_str().unwrap(), &[count, channels, 28, 28], 0.0, 2.0);
    let logits = network.forward(&images, false);
    let expected = tensors("roundtrip_logits.safetensors");
    assert!(distance(&logits, get(&expected, "logits")) < 1e-5);
    let labels: Vec<i64> = (0..count as u32).map(|i| i64::from(bits("labels", i) % 10)).collect();
    let labels = Tensor::from_slice(&labels);
    assert!(labels.equal(get(&expected, "labels")));
    let loss = logits.cross_entropy_for_logits(&labels).double_value(&[]);
    assert!((loss - reference["loss"].as_f64().unwrap()).abs() < 1e-5);
    let accuracy = logits.accuracy_for_logits(&labels).double_value(&[]);
    assert!((accuracy - reference["accuracy"].as_f64().unwrap()).abs() < 1e-6);
}

/// With the script in docs/python.md, as a reader would run it, and with the lines that it gives for other networks.
#[test]
fn exported_weights_evaluate_to_the_same_in_pytorch() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let imports = Command::new(&python).args(["-c", "import torch, torchvision, safetensors, numpy"]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {python} has no torch, torchvision, safetensors and numpy (PYTHON names another)");
        return;
    }
    let document = std::fs::read_to_string(folder().join("../../../docs/python.md")).unwrap();
    let blocks = document.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next());
    let script = blocks.into_iter().find(|block| block.contains("model.safetensors")).expect("there is the script");
    for network in NetworkName::ALL {
        let script = match network {
            NetworkName::ResNet18 => script.to_owned(),
            other => with_network(script, &document, other),
        };
        evaluates_to_the_same(&python, &script, network);
    }
}

/// The script with what the document puts in the place of the lines from `net =` to `net.conv1`.
fn with_network(script: &str, document: &str, network: NetworkName) -> String {
    let lines: Vec<&str> = script.lines().collect();
    let from = lines.iter().position(|line| line.starts_with("net = ")).unwrap();
    let to = lines.iter().position(|line| line.trim_start().starts_with("net.conv1")).unwrap();
    let said = |start: &str| {
        let rest = document
            .split_once(&format!("`{start}"))
            .unwrap_or_else(|| panic!("docs/python.md does not say {start}"))
            .1;
        format!("{start}{}", rest.split_once('`').unwrap().0)
    };
    let build = said("net = build_network(").replace("\"all-cnn\"", &format!("\"{network}\""));
    let build = build.replace("channels=3, width=96", &format!("channels=1, width={WIDTH}"));
    let load = said("net.load_state_dict(");
    let path = format!("import sys; sys.path.insert(0, {:?})", folder());
    let own = [path.as_str(), "from architectures import build_network", &build, &load];
    [&lines[..from], &own, &lines[to + 1..]].concat().join("\n")
}

const WIDTH: usize = 8;

fn evaluates_to_the_same(python: &str, script: &str, network: NetworkName) {
    let experiment = format!(
        "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\nbaseline_seeds = 1\n\
         train_images = 200\ntest_images = 100\nnetwork = \"{network}\"\nwidth = {WIDTH}\nlr = 1e-2\nbatch_size = 20\nmax_epochs = 2\n\
         [[conditions]]\nlabel = \"a\"\npath = [{{ blur = 0.25 }}, {{}}]\n"
    );
    let plan = Plan::new(&ExperimentFile::parse(&experiment).unwrap().resolve(None, &[]).unwrap());
    let root = tempfile::tempdir().unwrap();
    let store = Store::open(&root.path().join("runs")).unwrap();
    let library = Library::new("nowhere".into(), Kind::Float, Device::Cpu, 0, |_| {});
    let images = |count| stripes(DatasetName::Mnist, (0..10).cycle().take(count).collect());
    library.preload(RawDataset { name: DatasetName::Mnist, train: images(300), test: images(150) });
    let options =
        Options { jobs: 2, device: Device::Cpu, deterministic: false, capture: true, checkpoint_every: Duration::MAX };
    execute(&plan, &store, &library, &options, &(), &AtomicBool::new(false)).unwrap();

    let stage = plan.stages.last().unwrap();
    let data = library.task_data(&stage.step.task, &stage.data).unwrap().standard_test;
    let (images, labels) = data.slice(0, data.len(), &datasets::Moves::default());
    let path = |name: &str| root.path().join(name);
    images.contiguous().write_npy(path("x.npy")).unwrap();
    labels.write_npy(path("y.npy")).unwrap();
    let export = Command::new(env!("CARGO_BIN_EXE_inspect"))
        .args(["export", &stage.id.to_string()])
        .arg("--store")
        .arg(store.root())
        .arg("--to")
        .arg(path("model.safetensors"))
        .output()
        .unwrap();
    assert!(export.status.success(), "{export:?}");
    let evaluate = Command::new(python).args(["-c", script]).current_dir(root.path()).output().unwrap();
    assert!(evaluate.status.success(), "{}", String::from_utf8_lossy(&evaluate.stderr));
    let printed = String::from_utf8(evaluate.stdout).unwrap();
    let numbers: Vec<f64> = printed.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let ours = store.record(stage.id).unwrap().unwrap().summary().unwrap().test;
    assert!((numbers[0] - ours.loss).abs() < 1e-4, "{network}: {printed} {ours:?}");
    assert!((numbers[1] - ours.accuracy).abs() < 1e-4, "{network}: {printed} {ours:?}");
}
