fn main() {
    if let Some(mut build) = libtorch_link::native() {
        build.file("native/fused_sgd.cpp").compile("fused_sgd");
    }
}
