//! A second vendor, a system that sends a number, alerts and widgets, beside a contact center with chat.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{
    contact_center::ContactCenter, numbered_voice::NumberedVoice, pushed_orders, shown,
    shown_needs::ALL_NAME, truth_history::TruthHistory, wallboard::VngageSource,
};

/// A queue is an alert as soon as a contact waits, so that some are always open.
const ALERTS: &str = "[thresholds]\n\"chat/*\" = { waiting = { crit = 1 } }\n\
     [alerts.\"Somebody waits\"]\nqueues = [\"chat/*\"]\nfor = \"0s\"\n";

/// Adds all of this to a source that is read by [`shown`]. Returns the second vendor.
pub async fn mix_into(
    source: VngageSource,
    center: &ContactCenter,
    history: Arc<Mutex<TruthHistory>>,
) -> (VngageSource, NumberedVoice) {
    let voice = NumberedVoice::start(history).await;
    let mut source = shown::prepare(source);
    let members = center
        .group_ids()
        .into_iter()
        .map(|id| format!("chat/{id}"));
    let members: Vec<_> = members.collect();
    source.extra_toml = format!(
        "{}[groups]\nall = {{ name = \"All\", queues = {members:?} }}\n{ALERTS}{}{}",
        source.extra_toml,
        pushed_orders::toml(),
        voice.toml()
    );
    source.secrets = NumberedVoice::environment();
    let widgets = format!(
        "title = \"worst-widgets\"\nqueues = [\"none/*\"]\nwidgets = [{{ custom = \"orders\" }}, \
         {{ figure = \"waiting\", of = \"group/all\", name = {ALL_NAME:?} }}]\n"
    );
    source.boards.push(("worst-widgets.toml".into(), widgets));
    (source, voice)
}
