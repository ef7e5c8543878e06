//! The words of the audit trail: what somebody did, and where their name comes from.

use wallboard_access::{ActorOrigin, AuditAction};
use wallboard_texts::Texts;

/// "signed in"; one that a newer version recorded, as it's stored.
pub(super) fn action_words(texts: &Texts, action: &str) -> String {
    let Ok(action) = action.parse::<AuditAction>() else {
        return action.replace('_', " ");
    };
    let words = match action {
        AuditAction::SignedIn => texts.did_sign_in(),
        AuditAction::SignInFailed => texts.did_fail_to_sign_in(),
        AuditAction::SignedOut => texts.did_sign_out(),
        AuditAction::EndedSession => texts.did_end_session(),
        AuditAction::AddedUser => texts.did_add_user(),
        AuditAction::ChangedRole => texts.did_change_role(),
        AuditAction::DisabledUser => texts.did_disable_user(),
        AuditAction::EnabledUser => texts.did_enable_user(),
        AuditAction::SetPassword => texts.did_set_password(),
        AuditAction::PairedScreen => texts.did_pair_screen(),
        AuditAction::ChangedScreen => texts.did_change_screen(),
        AuditAction::RemovedScreen => texts.did_remove_screen(),
        AuditAction::IdentifiedScreen => texts.did_identify_screen(),
        AuditAction::ReloadedScreen => texts.did_reload_screen(),
        AuditAction::TriedScreenSound => texts.did_try_screen_sound(),
        AuditAction::MadeScreenAddress => texts.did_make_screen_address(),
        AuditAction::MadeToken => texts.did_make_token(),
        AuditAction::RevokedToken => texts.did_revoke_token(),
        AuditAction::ForgotPerson => texts.did_forget_person(),
        AuditAction::ChangedSetting => texts.did_change_setting(),
        AuditAction::DeletedSetting => texts.did_delete_setting(),
        AuditAction::MadeAnnouncement => texts.did_make_announcement(),
        AuditAction::EndedAnnouncement => texts.did_end_announcement(),
        AuditAction::AddedPicture => texts.did_add_picture(),
        AuditAction::TookAlert => texts.did_take_alert(),
        AuditAction::ReleasedAlert => texts.did_release_alert(),
        AuditAction::SnoozedAlert => texts.did_snooze_alert(),
        AuditAction::NotedAlert => texts.did_note_alert(),
        AuditAction::ClosedAlert => texts.did_close_alert(),
        AuditAction::SilencedAlerts => texts.did_silence_alerts(),
        AuditAction::EndedSilence => texts.did_end_silence(),
        AuditAction::TestedChannel => texts.did_test_channel(),
        AuditAction::ResentMessage => texts.did_resend_message(),
        AuditAction::DroppedMessage => texts.did_drop_message(),
        AuditAction::SentReport => texts.did_send_report(),
        AuditAction::SavedView => texts.did_save_view(),
        AuditAction::DeletedView => texts.did_delete_view(),
        AuditAction::Viewed => texts.did_view(),
        AuditAction::Exported => texts.did_export(),
    };
    words.to_owned()
}

/// "account 3f2a91c0"
pub(super) fn origin_words(texts: &Texts, origin: ActorOrigin, id: &str) -> String {
    match origin {
        ActorOrigin::Account => texts.origin_account(id),
        ActorOrigin::IdentityProvider => texts.origin_provider(id),
        ActorOrigin::Screen => texts.origin_screen(id),
        ActorOrigin::ApiToken => texts.origin_token(id),
        ActorOrigin::CommandLine => texts.origin_command_line().to_owned(),
        ActorOrigin::Server => texts.origin_server().to_owned(),
        ActorOrigin::NotSignedIn => texts.origin_unknown().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_words_also_newer_ones() {
        for action in ["signed_in", "exported", "newer_one"] {
            let words = action_words(Texts::english(), action);
            assert_eq!(words, action.replace('_', " "));
        }
        let created = action_words(Texts::english(), "made_screen_address");
        assert_eq!(created, "created screen link");
        let failed = action_words(Texts::english(), "sign_in_failed");
        assert_eq!(failed, "sign-in failed");
        let german = Texts::of(wallboard_domain::Language::German);
        assert_eq!(
            action_words(german, "sign_in_failed"),
            "Anmeldung fehlgeschlagen"
        );
    }
}
