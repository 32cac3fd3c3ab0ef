//! What a stage is, for a person.

use paths::Augmentation;
use sequence::{Plan, Stage};

/// Tasks of a path that are told one by one.
const TOLD: usize = 3;

/// The stage at `index` of `plan`: its dataset, every task of its path up to it, and its seed. What all stages of the plan have in
/// common, network and learning rate, is not told.
pub(crate) fn stage_name(plan: &Plan, index: usize) -> String {
    let stage = &plan.stages[index];
    let mut path = vec![stage];
    while let Some(parent) = path[path.len() - 1].parent {
        path.push(&plan.stages[parent]);
    }
    path.reverse();
    let differ = |of: fn(&Stage) -> f64| plan.stages.iter().any(|stage| of(stage) != of(&plan.stages[0]));
    let rates = differ(|stage| stage.step.process.lr);
    let mut told: Vec<String> = path.iter().map(|stage| step_name(stage, rates)).collect();
    if told.len() > TOLD {
        let last = told.pop().expect("there are several");
        told = vec![told.swap_remove(0), format!("{} more", path.len() - 2), last];
    }
    let networks = plan.stages.iter().any(|other| other.model.network != stage.model.network);
    let network = if networks { format!(" · {}", stage.model.network) } else { String::new() };
    format!("{}{network} · {} · seed {}", stage.step.task.dataset, told.join(" → "), stage.seed)
}

/// One task: what comes before it, what its images are, and how it is learnt where that may differ from others.
fn step_name(stage: &Stage, rates: bool) -> String {
    let step = &stage.step;
    let before: String = step.interventions.iter().map(|intervention| format!("{intervention}, ")).collect();
    let rate = if rates { format!(" at {:e}", step.process.lr) } else { String::new() };
    let augmented = if step.process.augmentation == Augmentation::None { "" } else { ", augmented" };
    format!("{before}{}{rate}{augmented}", step.task.transform)
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    #[test]
    fn a_stage_is_told_by_its_path() {
        let text = "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\n\
                    [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, { bias_reset = 0.01 }]\n\
                    [[conditions]]\nlabel = \"b\"\nfrom = { blur = 0.25 }\ntasks = 4\n";
        let names = |text: &str| -> Vec<String> {
            let plan = Plan::new(&ExperimentFile::parse(text).unwrap().resolve(None, &[]).unwrap());
            (0..plan.stages.len()).map(|index| stage_name(&plan, index)).collect()
        };
        let found = names(text);
        assert!(found.contains(&"mnist · standard · seed 0".to_owned()), "{found:?}");
        assert!(found.contains(&"mnist · blur 0.25 → bias_reset 0.01, standard · seed 0".to_owned()), "{found:?}");
        assert!(found.contains(&"mnist · blur 0.25 → 2 more → standard · seed 0".to_owned()), "{found:?}");
        let found = names(&text.replace("{ bias_reset = 0.01 }", "{ lr = 2e-3, augmentation = \"crop\" }"));
        let expected = "mnist · blur 0.25 at 1e-3 → standard at 2e-3, augmented · seed 0".to_owned();
        assert!(found.contains(&expected), "{found:?}");
    }
}
