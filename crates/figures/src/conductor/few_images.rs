//! A warning of trainings that can show nothing.

use std::collections::BTreeSet;

use counted::counted;
use sequence::{Plan, Stage};

/// Training images of each of the ten classes below which a training is no measurement: results then tell seeds apart, not conditions.
const PER_CLASS: usize = 10;
const CLASSES: usize = 10;

/// A sentence for each dataset that `plan` trains on with hardly any images.
pub(crate) fn few_images(plan: &Plan) -> impl Iterator<Item = String> {
    let few = |stage: &Stage| {
        let images = training_images(stage) as usize;
        (images < PER_CLASS * CLASSES).then_some((stage.step.task.dataset, images))
    };
    plan.stages.iter().filter_map(few).collect::<BTreeSet<_>>().into_iter().map(|(dataset, images)| {
        format!(
            "warning: there are tasks on {} with {}, fewer than {PER_CLASS} a class: such results are noise (train_images, \
             validation_fraction and a task's images say how many).",
            dataset.title(),
            counted(images, "training image"),
        )
    })
}

/// Images that a stage takes its steps on: without those for validation, and only the task's share of the others.
pub(crate) fn training_images(stage: &Stage) -> f64 {
    let (data, task) = (&stage.data, &stage.step.task);
    let images = data.train_images.of(task.dataset.train_images()) as f64;
    images * (1.0 - data.validation_fraction) * task.transform.images
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    #[test]
    fn hardly_any_images_are_warned_of() {
        let warnings = |images: &str| -> Vec<String> {
            let text = format!(
                "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 2\ntrain_images = {images}\n\
                 [[conditions]]\nlabel = \"a\"\npath = [{{ images = 0.25 }}, {{}}]\n"
            );
            few_images(&Plan::new(&ExperimentFile::parse(&text).unwrap().resolve(None, &[]).unwrap())).collect()
        };
        assert!(warnings("500").is_empty());
        assert!(warnings("\"all\"").is_empty());
        let quarter = warnings("400");
        assert!(matches!(quarter.as_slice(), [text] if text.contains("MNIST with 90 training images")), "{quarter:?}");
        assert_eq!(warnings("20").len(), 2);
    }
}
