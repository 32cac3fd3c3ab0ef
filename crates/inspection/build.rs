fn main() {
    libtorch_link::record_library_path();
}
