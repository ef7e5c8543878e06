//! Where history is, if this node of a cluster doesn't import the exported files.

use crate::web::{WebState, parts::links::PageLink};

use super::history_data::PageNote;

/// A sentence, with a link to `path` on a node that imports; `None` if this one does, or no export is
/// configured.
pub(super) fn history_elsewhere(web: &WebState, path: &str) -> Option<PageNote> {
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
        (Some(url) != own_url).then(|| (&node.name, url.trim_end_matches('/')))
    });
    let here = "This server doesn’t import files";
    Some(match (linked, importing.first()) {
        (Some((name, url)), _) => {
            let link = PageLink::new(format!("History on {name}"), format!("{url}{path}"));
            (format!("{here}. {name} does."), Some(link))
        }
        (None, Some(node)) => {
            let name = &node.name;
            (format!("{here}. Open this page on {name}."), None)
        }
        (None, None) => (
            format!(
                "{here}, and no server that does is running. Start one, or set imports = true in [cluster]."
            ),
            None,
        ),
    })
}
