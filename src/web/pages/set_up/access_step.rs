//! The step about who may look: with sign-in or without. The configuration file decides that, so the step says what
//! holds and how it's changed.

use crate::web::{
    WebState,
    parts::{links::PageLink, page_header::PageHeader},
};

use super::SetUpStep;

pub(super) fn access_step(web: &WebState, header: &PageHeader) -> SetUpStep {
    let texts = header.texts;
    let (lines, action) = match &web.sign_in {
        None => (
            vec![texts.step_access_open(), texts.access_to_login()],
            None,
        ),
        Some(sign_in) => {
            let is_alone = sign_in.provider().is_none() && sign_in.directory().count_users() <= 1;
            let lines = if is_alone {
                vec![texts.step_access_alone(), texts.access_to_open()]
            } else {
                vec![texts.step_access_login()]
            };
            (lines, Some(PageLink::new(texts.add_people(), "/people")))
        }
    };
    SetUpStep {
        lines: lines.into_iter().map(str::to_owned).collect(),
        action,
        ..SetUpStep::done("access", texts.step_access())
    }
}
