//! Has the binary built again when a rule changes: `include_dir!` alone does not.

fn main() {
    println!("cargo::rerun-if-changed=rules");
}
