//! The step about who may look: with sign-in or without. The configuration file decides that, so the step says what
//! holds and how it's changed.

use crate::web::{
    WebState,
    parts::{links::PageLink, page_header::PageHeader},
};

use super::SetUpStep;

pub(super) fn access_step(web: &WebState, header: &PageHeader) -> SetUpStep {
    let texts = header.texts;
    let (line, folded, action) = match &web.sign_in {
        None => {
            let folded = (texts.require_sign_in(), texts.access_to_login());
            (texts.step_access_open(), Some(folded), None)
        }
        Some(sign_in) => {
            let is_alone = sign_in.provider().is_none() && sign_in.directory().count_users() <= 1;
            let (line, folded) = if is_alone {
                let folded = (texts.show_without_sign_in(), texts.access_to_open());
                (texts.step_access_alone(), Some(folded))
            } else {
                (texts.step_access_login(), None)
            };
            let people = PageLink::new(texts.add_people(), "/people");
            (line, folded, Some(people))
        }
    };
    SetUpStep {
        lines: vec![line.to_owned()],
        folded: folded.map(|(summary, text)| (summary, text.to_owned())),
        action,
        ..SetUpStep::done("access", texts.step_access())
    }
}
