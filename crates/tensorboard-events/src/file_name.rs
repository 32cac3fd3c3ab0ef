/// The name of an event file in TensorBoard's form, `events.out.tfevents.<seconds>.<host>`.
///
/// TensorBoard reads every file with `tfevents` in its name and those of one folder in the order of their names, so the ten
/// digits or more of the seconds put them in the order of time. `wall_time` is when the file was begun, in seconds since 1970,
/// of which the fraction is cut off; `host` is the machine's name, which must be fit for a file's name.
pub fn file_name(wall_time: f64, host: &str) -> String {
    format!("events.out.tfevents.{:010}.{host}", wall_time as i64)
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_sort_by_time() {
        assert_eq!(file_name(1_735_689_600.99, "a.b-c"), "events.out.tfevents.1735689600.a.b-c");
        assert_eq!(file_name(0.0, "host"), "events.out.tfevents.0000000000.host");
        assert!(file_name(999_999_999.0, "host") < file_name(1_000_000_000.0, "host"));
    }
}
