//! The texts of the product in each language, and how a language writes numbers and times. A
//! language is a folder of `i18n/`. It knows no board and no page.

mod dates;
mod field_texts;
mod message_room;
mod messages;
mod metric_texts;
mod numbers;
mod plain_pattern;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod texts;

pub use field_texts::FieldTexts;
pub use metric_texts::MetricTexts;
pub use numbers::UNKNOWN;
pub use texts::Texts;

#[cfg(test)]
mod tests;
