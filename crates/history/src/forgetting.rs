//! Finds a person in the rows of imported files.

use wallboard_store::{FactForgetter, ForgottenPerson};

use super::vendors::{ExportVendor, SourceVendors, find_vendor};

/// Takes a person out of files. `vendors`: of the configured sources.
pub fn fact_forgetter(person: &ForgottenPerson, vendors: SourceVendors) -> FactForgetter {
    let person = person.clone();
    FactForgetter {
        tables: ExportVendor::tables(),
        rows: Box::new(move |source, file| {
            let (vendor, table) = find_vendor(&vendors, source, file)?;
            Some((table, vendor.row_forgetter(file, source, &person)?))
        }),
    }
}
