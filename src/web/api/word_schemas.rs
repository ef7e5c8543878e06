//! Strings with a fixed set of values: their schemas, and reading them from parameters.

use std::str::FromStr;

use strum::VariantNames;
use utoipa::openapi::{
    ObjectBuilder, Schema,
    schema::{SchemaType, Type},
};

use super::problem::Problem;

pub(super) fn one_of_words<E: VariantNames>() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(E::VARIANTS.iter().copied()))
        .into()
}

pub(super) fn one_of_words_or_null<E: VariantNames>() -> Schema {
    let words = E::VARIANTS.iter().copied().map(Some).chain([None]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words))
        .into()
}

pub(super) fn parse_word<E: FromStr + VariantNames>(
    name: &str,
    word: Option<&str>,
) -> Result<Option<E>, Problem> {
    let word = word.map(str::parse).transpose();
    word.map_err(|_| {
        let allowed = E::VARIANTS.join(", ");
        Problem::bad_request(&format!("{name} must be one of {allowed}"))
    })
}
