//! The pages on which sources are made and changed, in a browser: without barriers, at every size and by keyboard.

use crate::{
    source_editing::{open_with_moved_source, open_with_source},
    support::Browser,
};

const PAGES: [&str; 8] = [
    "/sources",
    "/sources/new",
    "/sources/new?kind=vngage",
    "/sources/new?kind=genesys",
    "/sources/new?kind=gms",
    "/sources/new?kind=vergic-export",
    "/sources/new?kind=sangoma-export",
    "/sources/chat/edit",
];

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_sources_fit_and_have_no_barriers() {
    let (site, cookie, _vep) = open_with_source("browser-source-pages").await;
    let browser = Browser::start();
    browser.check_pages_and_keyboard(&site.wallboard.url(""), &PAGES, Some(&cookie));

    let (site, cookie, _vep) = open_with_moved_source("browser-source-moved").await;
    let pages = ["/sources/chat/edit", "/settings"].map(|page| (page, page));
    browser.check_pages(&site.wallboard.url(""), &pages, Some(&cookie));
}
