//! Roles as pages name them.

use wallboard_access::Role;
use wallboard_texts::Texts;

pub(in crate::web) fn role_name(texts: &Texts, role: Role) -> &str {
    match role {
        Role::Viewer => texts.role_viewer(),
        Role::Supervisor => texts.role_supervisor(),
        Role::Admin => texts.role_admin(),
    }
}
