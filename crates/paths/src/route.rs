//! Discretization: N tasks from a source transformation to a target, along one or two dimensions.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::Transform;
use crate::component::Component;

/// In which order the components that differ between source and target are removed (Figure 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// All together: the straight line.
    #[default]
    Diagonal,
    /// One component after the other, each over an equal share of the path.
    OneByOne(Vec<Component>),
}

impl<'de> Deserialize<'de> for Order {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OrderVisitor)
    }
}

struct OrderVisitor;

impl<'de> Visitor<'de> for OrderVisitor {
    type Value = Order;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"diagonal\" or a list of components such as [\"blur\", \"contrast\"]")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Order, E> {
        if text == "diagonal" { Ok(Order::Diagonal) } else { Err(E::invalid_value(de::Unexpected::Str(text), &self)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Order, A::Error> {
        let mut components = Vec::new();
        while let Some(component) = seq.next_element::<Component>()? {
            if components.contains(&component) {
                return Err(de::Error::custom("each component of `order` can be named once"));
            }
            components.push(component);
        }
        if components.is_empty() {
            return Err(de::Error::custom(format!(
                "`order` names no component; allowed: {}",
                Component::ALL.map(|component| component.name().replace(' ', "_")).join(", ")
            )));
        }
        Ok(Order::OneByOne(components))
    }
}

/// The name of a path through `transforms` (its ends are enough) whose components are removed in `order`: the components that
/// are not the same all along, or else those that are not standard, or else "standard".
pub(crate) fn path_name(transforms: &[Transform], order: &Order) -> String {
    let moves = |c: &Component| transforms.iter().any(|t| c.of(t) != c.of(&transforms[0]));
    let strange = |c: &Component| transforms.iter().any(|t| c.of(t) != c.of(&Transform::STANDARD));
    let mut components: Vec<Component> = Component::ALL.into_iter().filter(moves).collect();
    if components.is_empty() {
        components.extend(Component::ALL.into_iter().filter(strange));
    }
    let names = |of: &[Component]| of.iter().map(|c| c.name()).collect::<Vec<_>>();
    match order {
        _ if components.is_empty() => "standard".to_owned(),
        Order::OneByOne(listed) => {
            let one_by_one: Vec<Component> = listed.iter().copied().filter(|c| components.contains(c)).collect();
            let together: Vec<Component> = components.into_iter().filter(|c| !listed.contains(c)).collect();
            // Components that are not listed move over the whole of the route.
            let parts = [names(&one_by_one).join(" then "), names(&together).join(" and ")];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" with ")
        }
        Order::Diagonal => names(&components).join(" and "),
    }
}

/// `tasks` transformations evenly spaced from `from` to `to`, both included exactly.
///
/// With one task the route is the target alone. With [`Order::OneByOne`] the route is divided into as many equal legs as
/// components are listed, and each leg moves one component from its source to its target value; components not listed move
/// over the whole route. With few tasks a corner of the route may lie between two tasks and is then cut.
pub fn route(from: &Transform, to: &Transform, tasks: usize, order: &Order) -> Vec<Transform> {
    if tasks == 1 {
        return vec![*to];
    }
    (0..tasks)
        .map(|i| {
            let t = i as f64 / (tasks - 1) as f64;
            let progress = |component: Component| {
                let Order::OneByOne(components) = order else { return t };
                let Some(leg) = components.iter().position(|listed| *listed == component) else { return t };
                // Whole numbers of tasks are compared, so that corners and ends are met exactly.
                let numerator = i as f64 * components.len() as f64 - leg as f64 * (tasks - 1) as f64;
                (numerator / (tasks - 1) as f64).clamp(0.0, 1.0)
            };
            let mut point = *from;
            for component in Component::ALL {
                component.interpolate(&mut point, from, to, progress(component));
            }
            point
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOURCE: Transform = Transform { blur: 0.25, contrast: 0.1, shift: 0.25, ..Transform::STANDARD };

    #[test]
    fn three_tasks_in_one_dimension() {
        let from = Transform { blur: 0.25, ..Transform::STANDARD };
        let blurs: Vec<f64> = route(&from, &Transform::STANDARD, 3, &Order::Diagonal).iter().map(|t| t.blur).collect();
        assert_eq!(blurs, [0.25, 0.625, 1.0]);
    }

    #[test]
    fn one_component_then_the_other_passes_the_corner() {
        let from = Transform { shift: 0.0, ..SOURCE };
        let order = Order::OneByOne(vec![Component::Blur, Component::Contrast]);
        let path = route(&from, &Transform::STANDARD, 5, &order);
        assert_eq!(path[2], Transform { contrast: 0.1, ..Transform::STANDARD });
        assert_eq!(path[1].contrast, 0.1);
        assert_eq!(path[3].blur, 1.0);
    }

    fn transform() -> impl Strategy<Value = Transform> {
        let shares = (0.0..=1.0f64, 0.0..=1.0f64, 0.0..=1.0f64, 0.01..=1.0f64, 0..9usize);
        ((0.01..=1.0f64, 0.0..=1.0f64, 0.0..=1.0f64), shares).prop_map(
            |((blur, contrast, shift), (upside_down, noise, random_labels, images, number))| Transform {
                blur,
                contrast,
                shift,
                upside_down,
                noise,
                pixel_permutation: number,
                random_labels,
                label_permutation: 2 * number,
                images,
            },
        )
    }

    fn order() -> impl Strategy<Value = Order> {
        prop_oneof![
            Just(Order::Diagonal),
            Just(Order::OneByOne(vec![Component::Blur, Component::Contrast])),
            Just(Order::OneByOne(vec![Component::Shift, Component::RandomLabels])),
            Just(Order::OneByOne(vec![Component::Contrast, Component::Shift, Component::Blur])),
        ]
    }

    proptest! {
        #[test]
        fn ends_are_exact_and_every_component_is_monotone(
            from in transform(), to in transform(), tasks in 2usize..40, order in order(),
        ) {
            let path = route(&from, &to, tasks, &order);
            prop_assert_eq!(path.len(), tasks);
            prop_assert_eq!(path[0], from);
            prop_assert_eq!(path[tasks - 1], to);
            for component in Component::ALL {
                let (a, b) = (component.of(&from), component.of(&to));
                for pair in path.windows(2) {
                    let step = component.of(&pair[1]) - component.of(&pair[0]);
                    prop_assert!(step * (b - a) >= 0.0, "{:?}", path);
                }
            }
        }

        #[test]
        fn one_task_is_the_target(from in transform(), to in transform(), order in order()) {
            prop_assert_eq!(route(&from, &to, 1, &order), vec![to]);
        }
    }
}
