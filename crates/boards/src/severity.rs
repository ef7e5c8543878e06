//! How a severity is written. Color comes last: see board.css.

use wallboard_live::Severity;
use wallboard_texts::Texts;

/// Shape and word, because color alone isn't accessible to everyone.
pub fn write_mark(texts: &Texts, severity: Severity) -> &str {
    match severity {
        Severity::Warning => texts.warning_mark(),
        Severity::Critical => texts.critical_mark(),
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
