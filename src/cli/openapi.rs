//! `wallboard openapi`: the API described, for generators and tests.

use std::io::{self, Write};

use crate::app;

use super::Failure;

pub(super) fn print() -> Result<(), Failure> {
    writeln!(io::stdout(), "{}", app::openapi()).map_err(Failure::Print)
}
