//! The pages on which channels are made and changed, in a browser: without barriers, at every size and by keyboard.

use crate::{channel_editing::ChannelSite, support::Browser};

const PAGES: [&str; 7] = [
    "/alerts",
    "/channels/new",
    "/channels/new?kind=teams",
    "/channels/new?kind=slack",
    "/channels/new?kind=email",
    "/channels/new?kind=webhook",
    "/channels/hook/edit",
];

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_channels_fit_and_have_no_barriers() {
    let it = ChannelSite::open().await;
    it.make("https://hooks.example.com/x").await;
    let browser = Browser::start();
    browser.check_pages_and_keyboard(&it.site.wallboard.url(""), &PAGES, Some(&it.mira));
}
