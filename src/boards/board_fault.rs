//! What is wrong with a board file: where, what, and how to mend it.

use std::{fmt, ops::Range};

/// One thing that is wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardFault {
    /// From 1.
    pub line: usize,
    pub column: usize,
    /// The key with its tables: `thresholds."chat/*".waiting`. May be empty.
    pub key: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl BoardFault {
    pub(super) fn at_span(text: &str, span: &Range<usize>, key: &str, what: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            message: what,
        }
    }
}

/// Everything found wrong in one board file, in its order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct BoardFaults {
    /// The file as it is called.
    pub file: String,
    pub faults: Vec<BoardFault>,
}

impl fmt::Display for BoardFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.faults.iter().enumerate() {
            if 0 < place {
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
    let meant = nearest.map_or_else(String::new, |n| format!("did you mean `{n}`? "));
    format!("{meant}allowed here: {}", allowed.join(", "))
}
