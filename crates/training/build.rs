//! The path of libtorch, in tests and programs.

fn main() {
    libtorch_link::record_library_path();
}
