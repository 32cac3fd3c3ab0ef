fn main() {
    let Some(mut build) = libtorch_link::native() else { return };
    build.opt_level(3);
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    // Elsewhere everything is left to ATen.
    let rows = target("ARCH") == "x86_64" && target("OS") == "linux" && build.get_compiler().is_like_gnu();
    if rows {
        build.define("BATCH_NORM_ROWS", None);
        // ATen's parallel loops are OpenMP's in this build of it, and live in its headers: GNU's OpenMP, so not clang's.
        build.flag("-fopenmp");
        // Whether a product is rounded before it is added to something is written out, whatever flags a user adds.
        build.flag("-ffp-contract=off");
    }
    build.clone().file("native/batch_norm.cpp").compile("batch_norm");
    if rows {
        build.flag("-mavx2").flag("-mfma").file("native/rows.cpp").compile("batch_norm_rows");
        println!("cargo::rustc-link-lib=gomp");
    }
}
