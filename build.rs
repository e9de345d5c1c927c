//! Sets up the linker for a Node addon, and warns if the addon would be slow.

fn main() {
    napi_build::setup();
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        link_small_memory();
    }

    println!("cargo:rerun-if-env-changed=RUSTFLAGS");
    let x86_64 = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64");
    let avx512 = std::env::var("CARGO_CFG_CURVE25519_DALEK_BACKEND")
        .is_ok_and(|backend| backend == "avx512");
    if x86_64 && !avx512 {
        println!(
            "cargo:warning=RUSTFLAGS replaces .cargo/config.toml: add \
             --cfg curve25519_dalek_backend=\"avx512\" to it, or verification is a quarter slower"
        );
    }
}

/// Replaces the 64 MB of stack that napi-build reserves for each instance by 1 MB. Exports the stack
/// pointer for the loader in wasm/addon.mjs.
///
/// If an argument is given twice, the linker uses the last one. These come after those of napi-build.
fn link_small_memory() {
    for argument in [
        "-zstack-size=1048576",
        "--initial-memory=2097152",
        "--export=__stack_pointer",
    ] {
        println!("cargo:rustc-link-arg-cdylib={argument}");
    }
}
