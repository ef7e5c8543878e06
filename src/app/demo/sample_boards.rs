//! Boards of the demo: the sample boards, and one for its queues.

use wallboard_boards::{BoardDefinition, board_file};

const SAMPLE_FILES: [(&str, &str); 4] = [
    (
        "customer-service.toml",
        include_str!("../../../boards/customer-service.toml"),
    ),
    (
        "overview.toml",
        include_str!("../../../boards/overview.toml"),
    ),
    ("support.toml", include_str!("support.toml")),
    ("team.toml", include_str!("../../../boards/team.toml")),
];

/// Returns the demo's boards in addition to the automatic ones.
pub(super) fn sample_boards() -> Vec<BoardDefinition> {
    SAMPLE_FILES
        .iter()
        .map(|(name, text)| board_file::parse_board(text, name).expect("a test reads every sample"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn sample_files_are_valid_boards() {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/boards");

        // The demo has one more board, for queues that only the demo has.
        let files = fs::read_dir(samples).unwrap().count();
        assert_eq!(files + 1, sample_boards().len());
    }
}
