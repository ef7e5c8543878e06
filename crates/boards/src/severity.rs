//! How a severity is written. Color comes last: see board.css.

use wallboard_live::Severity;

/// Shape and word, because color alone isn't accessible to everyone.
pub fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "▲ Warning",
        Severity::Critical => "◆ Critical",
        Severity::None | Severity::Normal | Severity::OutOfDate => "",
    }
}

pub fn severity_glyph(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "▲",
        Severity::Critical => "◆",
        Severity::None | Severity::Normal | Severity::OutOfDate => "",
    }
}
