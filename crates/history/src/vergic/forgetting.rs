//! Takes people out of rows: of those that are stored, and of those that are imported.

use std::borrow::Cow;

use wallboard_domain::SourceId;
use wallboard_store::{ForgottenPerson, RowRewriter};

use super::{
    ColumnMapping, column_mapping::HeaderLayout, file_notes::FileNotes, vergic_cell,
    vergic_cell::VergicCell,
};

/// Returns a function that takes a person out of a file's stored rows. `notes` are the ledger's notes
/// of the file.
pub(super) fn row_forgetter(
    dataset: &str,
    notes: &str,
    mapping: &ColumnMapping,
    source: &SourceId,
    person: &ForgottenPerson,
) -> RowRewriter {
    let headers = FileNotes::parse_json(notes).map_or_else(Vec::new, |notes| notes.headers);
    let layout = mapping
        .columns_of(dataset)
        .map(|columns| HeaderLayout::locate(columns, &headers));
    let (source, person) = (source.clone(), person.clone());
    Box::new(move |json| {
        let mut row = vergic_cell::from_json(json);
        let find = |text: &str| person.find_text(&source, text);
        let is_changed = replace_people(&mut row, layout.as_ref(), find);
        is_changed.then(|| vergic_cell::to_json(&row))
    })
}

/// Replaces what `find` replaces, and returns whether there was any. A number may be the ID of an
/// agent only in the column of agents.
pub(super) fn replace_people(
    row: &mut [VergicCell<'_>],
    layout: Option<&HeaderLayout>,
    find: impl Fn(&str) -> Option<String>,
) -> bool {
    let mut is_changed = false;
    for (index, cell) in row.iter_mut().enumerate() {
        let may_be_person = match cell {
            VergicCell::Empty => false,
            VergicCell::Text(_) => true,
            VergicCell::Number(_) => layout.is_some_and(|layout| layout.is_agent(index)),
        };
        let replacement = may_be_person.then(|| find(&cell.to_text())).flatten();
        if let Some(replacement) = replacement {
            *cell = VergicCell::Text(Cow::Owned(replacement));
            is_changed = true;
        }
    }
    is_changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use wallboard_domain::{Id, ImportColumn, Pattern, Patterns};
    use wallboard_store::ForgottenAgent;

    #[test]
    fn a_person_is_taken_out_by_id_and_name_and_counts_stay() {
        let source = SourceId::from("vergic");
        let agent = |external: &str| ForgottenAgent {
            id: Id::new(&source, external),
            pseudonym: -255,
        };
        let person = ForgottenPerson {
            agents: vec![agent("17"), agent("Anna Karlsson")],
            texts: vec!["anna@example.org".into()],
            ..ForgottenPerson::default()
        };
        let columns = vec![
            (ImportColumn::Agent, "Agent".to_owned()),
            (ImportColumn::Handled, "Chats".to_owned()),
        ];
        let mapping = ColumnMapping::new(&Patterns(vec![(Pattern("agents".to_owned()), columns)]));
        let notes = FileNotes {
            headers: ["Agent", "Chats", "Mail"].map(str::to_owned).to_vec(),
            separator: ';',
            decimal: ',',
            is_windows_1252: false,
        };
        let forget = row_forgetter("agents", &notes.to_json(), &mapping, &source, &person);

        let expected = |json: &str| Some(json.to_owned());
        assert_eq!(
            forget("[17,17,null]"),
            expected(r#"["forgotten-ff",17,null]"#)
        );
        assert_eq!(
            forget(r#"["Anna Karlsson",5,"Anna@example.org"]"#),
            expected(r#"["forgotten-ff",5,"forgotten"]"#)
        );
        assert_eq!(forget(r#"["Anna",17,null]"#), None);
    }
}
