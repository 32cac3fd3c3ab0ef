//! Structs that are part of a stage's identity, and can grow without changing it.

/// Defines a struct each of whose fields has a standard value, which is [`Default`]'s.
///
/// Fields at their standard value are left out when it is serialised, in the order of their declaration otherwise, so that a
/// field added later changes the identity of nothing that exists. A file for people and other programs writes them all with
/// [`crate::complete`].
macro_rules! identified {
    ($(#[$meta:meta])* pub struct $name:ident { $( $(#[$of_field:meta])* $field:ident : $type:ty = $standard:expr; )+ }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $( $(#[$of_field])* pub $field: $type, )+ }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $standard, )+ }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let standard = Self::default();
                let mut map = serializer.serialize_map(None)?;
                $( if self.$field != standard.$field { map.serialize_entry(stringify!($field), &self.$field)?; } )+
                map.end()
            }
        }

        impl $crate::complete::Complete for $name {
            fn serialize_complete<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry(stringify!($field), &self.$field)?; )+
                map.end()
            }
        }
    };
}

pub(crate) use identified;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    identified! {
        /// A type as it is today.
        pub struct Today {
            a: f64 = 0.5;
            b: usize = 7;
        }
    }

    identified! {
        /// The same with fields that came later, wherever they stand.
        pub struct Later {
            first: bool = false;
            a: f64 = 0.5;
            between: Option<u8> = None;
            b: usize = 7;
            last: String = "none".into();
        }
    }

    fn json(value: &impl serde::Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    proptest! {
        #[test]
        fn a_field_added_at_its_standard_changes_no_identity(a in prop_oneof![Just(0.5), any::<f64>()], b in 5usize..10) {
            prop_assert_eq!(json(&Today { a, b }), json(&Later { a, b, ..Later::default() }));
        }

        #[test]
        fn every_field_away_from_its_standard_is_in_the_identity(a in 0.0..1.0f64, first: bool, between: Option<u8>) {
            let value = Later { a, first, between, ..Later::default() };
            let back: Later = serde_json::from_str(&json(&value)).unwrap();
            prop_assert_eq!(&back, &value);
            prop_assert_eq!(json(&value) == json(&Later::default()), value == Later::default());
        }
    }

    #[test]
    fn what_is_standard_is_left_out_and_a_complete_form_reads_back() {
        assert_eq!(json(&Later::default()), "{}");
        let mut bytes = Vec::new();
        crate::complete(&Later::default(), &mut serde_json::Serializer::new(&mut bytes)).unwrap();
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"first":false,"a":0.5,"between":null,"b":7,"last":"none"}"#
        );
        assert_eq!(serde_json::from_slice::<Later>(&bytes).unwrap(), Later::default());
    }
}
