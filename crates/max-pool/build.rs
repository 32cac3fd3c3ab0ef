//! Builds the C++ of this crate against libtorch.

fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    let windows = libtorch_link::vector_kernels(&mut build);
    if windows {
        build.define("MAX_POOL_WINDOWS", None);
    }
    build.clone().file("native/max_pool.cpp").compile("max_pool");
    if windows {
        build.flag("-mavx2").file("native/windows.cpp").compile("max_pool_windows");
    }
}
