//! Tells the linker where CANN lives, for the `linked` feature only; otherwise does nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::metadata=include={}/include", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("CARGO_FEATURE_LINKED").is_none() {
        return;
    }
    for variable in ["ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME"] {
        println!("cargo::rerun-if-env-changed={variable}");
        if let Some(root) = std::env::var_os(variable) {
            let lib64 = std::path::Path::new(&root).join("lib64");
            println!("cargo::rustc-link-search=native={}", lib64.display());
        }
    }
}
