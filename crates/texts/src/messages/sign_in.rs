//! Messages of the sign-in.

use crate::message_room::messages;

messages! {
    SignIn
    plain {
        sign_in sign_in_name sign_in_password sign_in_or company_account identity_provider
        no_users_yet
        no_match too_many_sign_ins cluster_full cluster_away
        access_disabled sign_in_expired
    }
    with_values {
        no_users_yet_command(command)
        sign_in_with(provider) too_many_attempts(minutes)
        no_group_has_access(provider, person) sign_in_refused(provider)
        provider_answer_invalid(provider) provider_unreachable(provider)
    }
}
