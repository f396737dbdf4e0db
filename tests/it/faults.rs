//! What goes wrong while files are read and written: `scripts/faults.py` has the faults, and says what was lost.

#[cfg(unix)]
#[test]
fn nothing_is_lost() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/faults.py");
    let run = std::process::Command::new("python3")
        .args([script, "--quick", env!("CARGO_BIN_EXE_cascade-fix")])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    assert!(told.lines().count() > 8, "{told}");
}
