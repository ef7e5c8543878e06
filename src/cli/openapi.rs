//! `wallboard openapi`: the API description, for generators and tests.

use std::io::{self, Write};

use crate::app;

use super::CommandError;

pub(super) fn print_document() -> Result<(), CommandError> {
    writeln!(io::stdout(), "{}", app::openapi_json()).map_err(CommandError::Print)
}
