//! Board file faults: the position, the problem, and the fix.

use std::{fmt, ops::Range};

/// One fault in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardFault {
    /// From 1.
    pub line: usize,
    pub column: usize,
    /// The key with its tables: `thresholds."chat/*".waiting`. May be empty.
    pub key: String,
    /// The problem, and what is allowed.
    pub message: String,
}

impl BoardFault {
    pub(super) fn at_span(text: &str, span: &Range<usize>, key: &str, message: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            message,
        }
    }
}

/// All faults of one board file, in file order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BoardFaults {
    /// The file's name.
    pub file: String,
    pub faults: Vec<BoardFault>,
}

impl fmt::Display for BoardFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if 0 < index {
                writeln!(f)?;
            }
            write!(f, "{}:{}:{}: ", self.file, fault.line, fault.column)?;
            if !fault.key.is_empty() {
                write!(f, "{}: ", fault.key)?;
            }
            write!(f, "{}", fault.message)?;
        }
        Ok(())
    }
}

/// "did you mean `title`? allowed here: …".
pub(super) fn suggest_allowed(word: &str, allowed: &[&str]) -> String {
    let close = |candidate: &&&str| strsim::damerau_levenshtein(word, candidate);
    let limit = word.chars().count() / 3 + 1;
    let nearest = allowed.iter().min_by_key(close);
    let nearest = nearest.filter(|nearest| close(nearest) <= limit);
    let suggestion = nearest.map_or_else(String::new, |n| format!("did you mean `{n}`? "));
    format!("{suggestion}allowed here: {}", allowed.join(", "))
}
