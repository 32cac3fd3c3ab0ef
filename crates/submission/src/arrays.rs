//! The shape of a submission: which stage is which element of which job array, and what each array waits for.
//!
//! Slurm's `aftercorr` lets element i of an array start when element i of another array has ended well. It fits a tree of
//! stages where a stage has the index of its parent, so an array holds at most one child of each element of the array
//! before: first children form one array, second children the next. Roots are numbered from 0 and go to another set of
//! arrays when an array is full; what comes after a root keeps its index, so no array outgrows the roots'.

use std::collections::{HashMap, VecDeque};

use paths::StageId;

/// A stage of a plan, parents before children.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The stage.
    pub id: StageId,
    /// What it is, for a person.
    pub text: String,
    /// Index of the stage before in the same list.
    pub parent: Option<usize>,
    /// Whether it is to be trained; the others are in the store, or can never be trained.
    pub to_train: bool,
}

/// Where a stage that was submitted earlier waits or runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedElement {
    /// The array's job.
    pub job: String,
    /// The element.
    pub index: u32,
}

/// A job array to be submitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// What its elements wait for.
    pub after: After,
    /// Its elements, in ascending order of their index.
    pub elements: Vec<Element>,
}

/// A stage in an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// The element's index.
    pub index: u32,
    /// The stage's index in the plan.
    pub stage: usize,
}

/// What the elements of an array wait for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum After {
    /// Nothing: their parents are in the store, or they have none.
    Nothing,
    /// The elements of the same index of another array of this submission.
    Array(usize),
    /// The elements of the same index of a job that was submitted earlier.
    Job(String),
}

/// An array's place: what it comes after, and which child of it, or which part of the roots, it holds.
type Place = (After, usize);

/// Arranges the stages that are to be trained and not in the queue yet; an array comes after those that it waits for. No
/// index reaches `most`.
pub fn arrange(stages: &[Wanted], queued: &HashMap<StageId, QueuedElement>, most: u32) -> Vec<Array> {
    let submits: Vec<bool> = stages.iter().map(|s| s.to_train && !queued.contains_key(&s.id)).collect();
    let mut children = vec![Vec::new(); stages.len()];
    // How many stages come one after the other from here, for what takes longest to begin first.
    let mut length = vec![1; stages.len()];
    for (index, stage) in stages.iter().enumerate().rev() {
        if let Some(parent) = stage.parent.filter(|_| submits[index]) {
            children[parent].push(index);
            length[parent] = length[parent].max(length[index] + 1);
        }
    }
    for siblings in &mut children {
        siblings.sort_by_key(|&index| (std::cmp::Reverse(length[index]), index));
    }

    let mut left: VecDeque<(usize, u32, Place)> = VecDeque::new();
    let mut roots: Vec<usize> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        if submits[index] && stage.parent.is_none_or(|parent| !stages[parent].to_train) {
            roots.push(index);
        }
        if stage.to_train
            && let Some(element) = queued.get(&stage.id)
        {
            let after = |rank| (After::Job(element.job.clone()), rank);
            left.extend(children[index].iter().enumerate().map(|(rank, &child)| (child, element.index, after(rank))));
        }
    }
    roots.sort_by_key(|&index| std::cmp::Reverse(length[index]));
    let most = most.max(1) as usize;
    left.extend(roots.iter().enumerate().map(|(n, &root)| (root, (n % most) as u32, (After::Nothing, n / most))));

    let mut arrays: Vec<Array> = Vec::new();
    let mut places: HashMap<Place, usize> = HashMap::new();
    while let Some((stage, index, place)) = left.pop_front() {
        let at = *places.entry(place).or_insert_with_key(|(after, _)| {
            arrays.push(Array { after: after.clone(), elements: Vec::new() });
            arrays.len() - 1
        });
        arrays[at].elements.push(Element { index, stage });
        let after = |rank| (After::Array(at), rank);
        left.extend(children[stage].iter().enumerate().map(|(rank, &child)| (child, index, after(rank))));
    }
    for array in &mut arrays {
        array.elements.sort_by_key(|element| element.index);
    }
    arrays
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> StageId {
        format!("{number:032x}").parse().unwrap()
    }

    /// Stages by their parents; those in `done` are in the store.
    fn stages(parents: &[Option<usize>], done: &[usize]) -> Vec<Wanted> {
        let wanted =
            |(index, &parent)| Wanted { id: id(index), text: String::new(), parent, to_train: !done.contains(&index) };
        parents.iter().enumerate().map(wanted).collect()
    }

    fn elements(array: &Array) -> Vec<(u32, usize)> {
        array.elements.iter().map(|e| (e.index, e.stage)).collect()
    }

    /// Every stage to train once; every element's parent is in the store, or the same element of the array waited for.
    fn check(stages: &[Wanted], queued: &HashMap<StageId, QueuedElement>, most: u32) -> Vec<Array> {
        let arrays = arrange(stages, queued, most);
        let mut seen = vec![0; stages.len()];
        for (number, array) in arrays.iter().enumerate() {
            let mut indices: Vec<u32> = array.elements.iter().map(|e| e.index).collect();
            assert!(indices.iter().all(|&index| index < most), "{indices:?}");
            indices.dedup();
            assert_eq!(indices.len(), array.elements.len());
            for element in &array.elements {
                seen[element.stage] += 1;
                let parent = stages[element.stage].parent;
                match &array.after {
                    After::Nothing => assert!(parent.is_none_or(|p| !stages[p].to_train)),
                    After::Array(before) => {
                        assert!(*before < number);
                        let same = arrays[*before].elements.iter().find(|e| e.index == element.index).unwrap();
                        assert_eq!(Some(same.stage), parent);
                    }
                    After::Job(job) => {
                        let at = &queued[&stages[parent.unwrap()].id];
                        assert_eq!((&at.job, at.index), (job, element.index));
                    }
                }
            }
        }
        for (index, stage) in stages.iter().enumerate() {
            let expected = usize::from(stage.to_train && !queued.contains_key(&stage.id));
            assert_eq!(seen[index], expected, "stage {index}");
        }
        arrays
    }

    /// Two seeds of Figure 6: a baseline, and two first tasks with two second ones each.
    const FIG6: [Option<usize>; 14] =
        [None, None, None, Some(2), None, Some(4), Some(2), Some(4), None, Some(8), None, Some(10), Some(8), Some(10)];

    #[test]
    fn children_have_their_parents_index_and_an_array_each_rank() {
        let arrays = check(&stages(&FIG6, &[]), &HashMap::new(), 1001);
        assert_eq!(arrays.len(), 3);
        // What has children begins first; the two baselines come last.
        assert_eq!(elements(&arrays[0]), [(0, 2), (1, 4), (2, 8), (3, 10), (4, 0), (5, 1)]);
        assert_eq!((&arrays[1].after, &arrays[2].after), (&After::Array(0), &After::Array(0)));
        assert_eq!(elements(&arrays[1]), [(0, 3), (1, 5), (2, 9), (3, 11)]);
        assert_eq!(elements(&arrays[2]), [(0, 6), (1, 7), (2, 12), (3, 13)]);
    }

    #[test]
    fn what_is_in_the_store_is_not_submitted_and_its_children_wait_for_nothing() {
        let arrays = check(&stages(&FIG6, &[0, 2, 3]), &HashMap::new(), 1001);
        let roots: Vec<usize> = arrays[0].elements.iter().map(|e| e.stage).collect();
        assert_eq!(roots, [4, 8, 10, 1, 6]);
        assert!(check(&stages(&FIG6, &(0..14).collect::<Vec<_>>()), &HashMap::new(), 1001).is_empty());
    }

    #[test]
    fn arrays_are_split_with_what_comes_after_them() {
        let arrays = check(&stages(&FIG6, &[]), &HashMap::new(), 4);
        assert_eq!(elements(&arrays[0]), [(0, 2), (1, 4), (2, 8), (3, 10)]);
        assert_eq!(elements(&arrays[1]), [(0, 0), (1, 1)]);
        assert_eq!(arrays.len(), 4);
        assert_eq!(check(&stages(&FIG6, &[]), &HashMap::new(), 1).len(), 14);
    }

    #[test]
    fn what_is_in_the_queue_is_waited_for_and_not_submitted_again() {
        let at = |index| QueuedElement { job: "77".into(), index };
        let queued = HashMap::from([(id(2), at(5)), (id(4), at(9)), (id(3), at(5))]);
        let arrays = check(&stages(&FIG6, &[]), &queued, 1001);
        assert_eq!(arrays[0].after, After::Job("77".into()));
        // Of stage 2's children one is in the queue, and the other is its first that is not.
        assert_eq!(elements(&arrays[0]), [(5, 6), (9, 5)]);
        assert_eq!(elements(&arrays[1]), [(9, 7)]);
    }

    #[test]
    fn any_forest_is_arranged() {
        // A small generator of trees: each stage's parent is some earlier stage, or none.
        let mut state = 1u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..200 {
            let count = 1 + next(40);
            let parents: Vec<Option<usize>> =
                (0..count).map(|i| if i == 0 { None } else { next(i + 1).checked_sub(1) }).collect();
            // A stage is in the store only if its parent is.
            let mut done = Vec::new();
            for (index, parent) in parents.iter().enumerate() {
                if parent.is_none_or(|p| done.contains(&p)) && next(3) == 0 {
                    done.push(index);
                }
            }
            check(&stages(&parents, &done), &HashMap::new(), 1 + next(6) as u32);
        }
    }
}
