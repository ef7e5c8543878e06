//! What object stores have in common: keys in pages, and whole objects by their keys.

use object_store::client::HttpRequest;
use reqwest::Method;

use super::{
    Chunks, FetchError, Listing, Remote, name,
    wire::{self, Answer, Refused, Wire},
    xml,
};

/// One kind of object store: its addresses, its signature, its listing, its refusals.
pub(super) trait Objects {
    fn wire(&self) -> &Wire;

    /// Where an object is whose key is escaped already.
    fn address(&self, key: &str) -> String;

    /// Where a page of the keys with this prefix is, the first one or that of a token.
    fn listing(&self, prefix: &str, token: Option<&str>) -> String;

    fn page(body: &[u8]) -> Result<xml::Page, xml::NoListing>;

    fn sign(&self, request: &mut HttpRequest) -> object_store::Result<()>;

    fn fault(&self, wish: Wish<'_>, refused: &Refused) -> FetchError;

    /// Who answers is no such store.
    fn foreign(&self, status: u16, words: String) -> FetchError;
}

/// What is asked for, for the sentence where it is refused.
#[derive(Clone, Copy)]
pub(super) enum Wish<'a> {
    List,
    Read(&'a str),
}

pub(super) async fn list(store: &impl Objects, prefix: &str) -> Result<Listing, FetchError> {
    let mut listing = Listing::default();
    let mut token: Option<String> = None;
    loop {
        let page = page(store, prefix, token.as_deref()).await?;
        for file in page.files {
            listing.take(file);
        }
        listing.check(prefix)?;
        // A store that turns in a circle would keep us for ever.
        if page.next.is_none() || page.next == token {
            return Ok(listing.sorted());
        }
        token = page.next;
    }
}

pub(super) async fn stat(store: &impl Objects, key: &str) -> Result<Option<Remote>, FetchError> {
    let url = url(store, key)?;
    let answer = ask(store, &Method::HEAD, &url, &[]);
    let found = match answer.await? {
        Answer::Good(response) => wire::remote(key, response.headers()),
        Answer::Bad(refused) => match refused.status.as_u16() {
            404 => return Ok(None),
            405 | 501 => None,
            _ => return Err(store.fault(Wish::Read(key), &refused)),
        },
    };
    match found {
        Some(found) => Ok(Some(found)),
        // Not every store tells a size, or anything, without giving the file.
        None => Ok(list(store, key).await?.find(key)),
    }
}

pub(super) async fn open(store: &impl Objects, remote: &Remote) -> Result<Chunks, FetchError> {
    let url = url(store, &remote.key)?;
    let headers = wire::only_if(&remote.tag);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, tag)| (*name, tag.as_str()))
        .collect();
    match ask(store, &Method::GET, &url, &headers).await? {
        Answer::Good(response) => Ok(store.wire().chunks(response)),
        Answer::Bad(refused) => Err(store.fault(Wish::Read(&remote.key), &refused)),
    }
}

async fn page<S: Objects>(
    store: &S,
    prefix: &str,
    token: Option<&str>,
) -> Result<xml::Page, FetchError> {
    let url = store.listing(prefix, token);
    match ask(store, &Method::GET, &url, &[]).await? {
        Answer::Good(response) => {
            let status = response.status().as_u16();
            let body = store.wire().page(response).await?;
            let foreign = |xml::NoListing| store.foreign(status, ", and no listing".to_owned());
            S::page(&body).map_err(foreign)
        }
        Answer::Bad(refused) => Err(store.fault(Wish::List, &refused)),
    }
}

fn url(store: &impl Objects, key: &str) -> Result<String, FetchError> {
    if let Some(why) = name::fault(key) {
        let key = name::shown(key);
        return Err(FetchError::Name { key, why });
    }
    Ok(store.address(&name::escaped(key)))
}

/// Signed anew for every try.
async fn ask(
    store: &impl Objects,
    method: &Method,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<Answer, FetchError> {
    let signed = || {
        let mut request = wire::request(method.clone(), url, headers)?;
        let signed = store.sign(&mut request);
        signed.map_err(|error| FetchError::Client(error.to_string()))?;
        Ok(request)
    };
    store.wire().ask(signed).await
}
