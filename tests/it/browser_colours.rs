//! The palette as it really is in the styles.

use std::process::Command;

#[test]
fn colours_can_be_read_and_told_apart_by_everybody() {
    let ran = Command::new("node")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/browser/colours.mjs"
        ))
        .output()
        .unwrap();

    println!("{}", String::from_utf8_lossy(&ran.stdout));
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}
