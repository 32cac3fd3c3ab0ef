//! Which stage is to be trained next.

use std::time::{Duration, Instant};

use crate::plan::Plan;

/// How long to wait before asking again for a stage that another process has.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// The state of every stage of a plan.
pub(crate) struct Schedule {
    states: Vec<State>,
    parents: Vec<Option<usize>>,
    children: Vec<Vec<usize>>,
    /// Stages in the order in which they are preferred: those with the most stages behind them first, as what comes after
    /// cannot run side by side with them.
    order: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Needs its parent first.
    Waiting,
    Ready,
    Running,
    /// Another process has it.
    Elsewhere(Instant),
    Done,
    /// It diverged, failed, or comes after one that did.
    Given,
}

/// What a worker should do now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Next {
    /// Train this stage.
    Train(usize),
    /// Ask again later: what is left is being trained.
    Wait,
    /// Nothing is left.
    Finished,
}

/// Which stages are to be trained: those not done, and those without weights that one to be trained begins from.
pub(crate) fn needed(children: &[Vec<usize>], done: &[bool], lost: &[bool]) -> Vec<bool> {
    let mut needed = vec![false; done.len()];
    // From the leaves up, as parents come before their children.
    for index in (0..done.len()).rev() {
        needed[index] = !done[index] || (lost[index] && children[index].iter().any(|&child| needed[child]));
    }
    needed
}

impl Schedule {
    /// `done` tells which stages are in the store, `lost` which finished stages have no weights to begin their children from.
    pub fn new(plan: &Plan, done: &[bool], lost: &[bool], diverged: &[bool]) -> Self {
        let children = plan.children();
        let count = plan.stages.len();
        let needed = needed(&children, done, lost);
        let mut schedule = Self {
            states: needed.iter().map(|&needed| if needed { State::Waiting } else { State::Done }).collect(),
            parents: plan.stages.iter().map(|stage| stage.parent).collect(),
            children,
            order: (0..count).collect(),
        };
        schedule.order.sort_by_key(|&index| (std::cmp::Reverse(plan.stages[index].remaining), index));
        for (index, _) in diverged.iter().enumerate().filter(|(_, diverged)| **diverged) {
            if schedule.states[index] == State::Done {
                schedule.give_up_children(index);
            }
        }
        for index in 0..count {
            if schedule.states[index] == State::Waiting && schedule.parent_is_done(index) {
                schedule.states[index] = State::Ready;
            }
        }
        schedule
    }

    /// The stages to be trained, running ones included.
    pub fn left(&self) -> usize {
        self.states.iter().filter(|state| !matches!(state, State::Done | State::Given)).count()
    }

    pub fn next(&mut self) -> Next {
        let now = Instant::now();
        let free = |state: &State| match state {
            State::Ready => true,
            State::Elsewhere(asked) => now.duration_since(*asked) >= ASK_AGAIN,
            _ => false,
        };
        if let Some(&index) = self.order.iter().find(|&&index| free(&self.states[index])) {
            self.states[index] = State::Running;
            return Next::Train(index);
        }
        if self.left() == 0 { Next::Finished } else { Next::Wait }
    }

    pub fn done(&mut self, index: usize) {
        self.states[index] = State::Done;
        for child in self.children[index].clone() {
            if self.states[child] == State::Waiting {
                self.states[child] = State::Ready;
            }
        }
    }

    pub fn elsewhere(&mut self, index: usize) {
        self.states[index] = State::Elsewhere(Instant::now());
    }

    /// Puts a stage back, as if it had not been begun.
    pub fn put_back(&mut self, index: usize) {
        self.states[index] = State::Ready;
    }

    /// The stage has no weights to go on from: neither it nor what comes after is trained any more.
    pub fn give_up(&mut self, index: usize) {
        self.states[index] = State::Given;
        self.give_up_children(index);
    }

    fn give_up_children(&mut self, index: usize) {
        for child in self.children[index].clone() {
            self.give_up(child);
        }
    }

    fn parent_is_done(&self, index: usize) -> bool {
        self.parents[index].is_none_or(|parent| self.states[parent] == State::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use paths::ExperimentFile;

    /// One seed: baseline; blur → sharp; reset, blur → sharp.
    fn plan() -> Plan {
        let file = ExperimentFile::parse(
            "name = \"t\"\ntitle = \"t\"\n[settings]\ndatasets = [\"mnist\"]\nseeds = 1\nbaseline_seeds = 1\n\
             [[conditions]]\nlabel = \"a\"\npath = [{ blur = 0.25 }, {}]\n\
             [[conditions]]\nlabel = \"b\"\npath = [{ blur = 0.25 }, { bias_reset = 0.01 }]\n",
        );
        Plan::new(&file.unwrap().resolve(None, &[]).unwrap())
    }

    #[test]
    fn long_paths_go_first_and_children_wait() {
        let plan = plan();
        assert_eq!(plan.stages.len(), 4);
        assert_eq!(plan.shared(), 1);
        let mut schedule = Schedule::new(&plan, &[false; 4], &[false; 4], &[false; 4]);
        assert_eq!(schedule.next(), Next::Train(1));
        assert_eq!(schedule.next(), Next::Train(0));
        assert_eq!(schedule.next(), Next::Wait);
        schedule.done(1);
        assert_eq!(schedule.next(), Next::Train(2));
        assert_eq!(schedule.next(), Next::Train(3));
        for index in [0, 2, 3] {
            schedule.done(index);
        }
        assert_eq!(schedule.next(), Next::Finished);
    }

    #[test]
    fn what_comes_after_a_failure_is_given_up() {
        let mut schedule = Schedule::new(&plan(), &[false; 4], &[false; 4], &[false; 4]);
        schedule.give_up(1);
        schedule.done(0);
        assert_eq!(schedule.next(), Next::Finished);
        let mut schedule =
            Schedule::new(&plan(), &[true, true, false, false], &[false; 4], &[false, true, false, false]);
        assert_eq!(schedule.next(), Next::Finished);
    }

    #[test]
    fn a_parent_without_weights_is_trained_again_only_for_a_child() {
        let lost = [false, true, false, false];
        let mut schedule = Schedule::new(&plan(), &[true, true, true, false], &lost, &[false; 4]);
        assert_eq!(schedule.next(), Next::Train(1));
        let mut schedule = Schedule::new(&plan(), &[true; 4], &lost, &[false; 4]);
        assert_eq!(schedule.next(), Next::Finished);
    }
}
