//! Where history is, if this node of a cluster doesn't import the exported files.

use wallboard_texts::Texts;

use crate::web::{WebState, parts::links::PageLink};

use super::history_data::PageNote;

/// A sentence, with a link to `path` on a node that imports; `None` if this one does, or no export is
/// configured.
pub(super) fn history_elsewhere(texts: &Texts, web: &WebState, path: &str) -> Option<PageNote> {
    let cluster = web.server_info.cluster.as_ref()?;
    if cluster.has_imports() || web.history.config().exports.is_empty() {
        return None;
    }
    let view = cluster.view();
    let own_url = view.find_this().and_then(|this| this.url.as_deref());
    let importing: Vec<_> = (view.list_alive())
        .filter(|node| node.has_imports && !node.is_this)
        .collect();
    // An address that all nodes share may lead back here.
    let linked = importing.iter().find_map(|node| {
        let url = node.url.as_deref()?;
        (Some(url) != own_url).then(|| (node.name.as_str(), url.trim_end_matches('/')))
    });
    Some(match (linked, importing.first()) {
        (Some((name, url)), _) => {
            let link = PageLink::new(texts.history_on(name), format!("{url}{path}"));
            (texts.imported_elsewhere(name), Some(link))
        }
        (None, Some(node)) => (texts.imported_on(node.name.as_str()), None),
        (None, None) => (texts.imported_nowhere().to_owned(), None),
    })
}
