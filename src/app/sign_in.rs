//! Sign-in, if configured, and paired screens: opened at start.

use jiff::SignedDuration;
use tracing::warn;

use crate::settings::AccessSettings;
use wallboard_access::{Directories, IdentityProvider, Screens, SetupCode, SignIn, follow_records};
use wallboard_store::RecordStore;

use super::{App, SignInSetupError, demo::SimulatedCenter};

impl App {
    /// Reads users, sessions and screens, and follows them from then on. `None`: access is open. `was_member`: this
    /// node has the log of a cluster from before this start.
    pub(super) async fn open_sign_in(
        &mut self,
        was_member: bool,
    ) -> Result<Option<SignIn>, SignInSetupError> {
        let AccessSettings::Login {
            session,
            keep_audit,
            rules,
            oidc,
        } = self.plan.access.clone()
        else {
            return Ok(None);
        };
        let records = self.open_records(was_member).await?;
        let session = SignedDuration::try_from(session).unwrap_or(SignedDuration::MAX);
        let sign_in = SignIn::open(records.clone(), session, *rules).await?;
        let directories = sign_in.directories().clone();
        let following = follow_records(directories, records, self.stop.clone());
        self.spawn_task("users, sessions and screens", following);
        let keep_audit = SignedDuration::try_from(keep_audit).unwrap_or(SignedDuration::MAX);
        let keeping = sign_in.audit().clone().keep(keep_audit, self.stop.clone());
        self.spawn_task("audit trail", keeping);
        let provider = oidc.map(|oidc| IdentityProvider::new(*oidc)).transpose()?;
        if let Some(provider) = provider.clone() {
            let renewing = provider.keep_renewed(self.stop.clone());
            self.spawn_task("identity provider", renewing);
        }
        Ok(Some(sign_in.with_provider(provider)))
    }

    /// Reads the screens where nobody signs in, and follows them from then on. A replay has none.
    pub(super) async fn open_screens(
        &mut self,
        was_member: bool,
    ) -> Result<Option<Screens>, SignInSetupError> {
        if self.editing.is_none() {
            return Ok(None);
        }
        let records = self.open_records(was_member).await?;
        let (screens, directories) = Screens::open(records.clone()).await?;
        Ok(Some(self.follow_screens(screens, directories, records)))
    }

    /// Follows the screens as they were read.
    pub(super) fn follow_screens(
        &mut self,
        screens: Screens,
        directories: Directories,
        records: RecordStore,
    ) -> Screens {
        let following = follow_records(directories, records, self.stop.clone());
        self.spawn_task("screens", following);
        if self.plan.demo.is_some() {
            let running = SimulatedCenter::run_screens(screens.clone(), self.stop.clone());
            self.spawn_task("demo screens", running);
        }
        screens
    }
}

/// While nobody has an account, the log has an address that makes the first administrator.
pub(super) async fn offer_setup(
    sign_in: Option<&SignIn>,
    public_url: Option<&str>,
) -> Result<Option<SetupCode>, SignInSetupError> {
    let Some(sign_in) = sign_in else {
        return Ok(None);
    };
    let offered = sign_in.offer_setup().await;
    let offered = offered.map_err(|error| SignInSetupError::SetupCode(Box::new(error)))?;
    let Some((code, text)) = offered else {
        return Ok(None);
    };
    let url = public_url.unwrap_or_default();
    warn!("No users yet: open {url}/setup?code={text} to become the administrator");
    Ok(Some(code))
}
