//! The palette in the real styles.

use std::process::Command;

#[test]
fn colors_are_legible_and_distinguishable_for_everyone() {
    let ran = Command::new("node")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/browser/colors.mjs"
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
