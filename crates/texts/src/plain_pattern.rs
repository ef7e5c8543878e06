//! Writes messages of nothing but text and parameters, which most are: boards write hundreds a second,
//! and need Fluent's resolver only for plurals.

use std::borrow::Cow;

use fluent_bundle::FluentValue;
use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};

use super::numbers::NumberStyle;

/// Returns the text, or `None` if the pattern needs the resolver.
pub(crate) fn write_plain_pattern(
    pattern: &Pattern<&str>,
    values: &[(&'static str, FluentValue<'_>)],
    numbers: NumberStyle,
) -> Option<String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression:
                    Expression::Inline(InlineExpression::VariableReference { id: parameter }),
            } => {
                let mut named = values.iter().filter(|(name, _)| *name == parameter.name);
                text.push_str(&write_value(&named.next()?.1, numbers)?);
            }
            PatternElement::Placeable { .. } => return None,
        }
    }
    Some(text)
}

fn write_value<'v>(value: &'v FluentValue<'_>, numbers: NumberStyle) -> Option<Cow<'v, str>> {
    match value {
        FluentValue::String(text) => Some(Cow::Borrowed(text)),
        number => numbers.format_argument(number).map(Cow::Owned),
    }
}
