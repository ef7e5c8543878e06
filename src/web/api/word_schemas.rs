//! Schemas of strings with a fixed set of values.

use utoipa::openapi::{
    ObjectBuilder, Schema,
    schema::{SchemaType, Type},
};

pub(super) fn one_of_words<const N: usize>(words: [&'static str; N]) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

pub(super) fn one_of_words_or_null<const N: usize>(words: [&'static str; N]) -> Schema {
    let words = words.into_iter().map(Some).chain([None]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words))
        .into()
}
