//! What object stores have in common: keys in pages, and whole objects by their keys.

use object_store::client::HttpRequest;
use reqwest::Method;

use super::{
    FetchError, FileChunks, RemoteFile, RemoteListing,
    object_client::{self, ErrorReply, ObjectStoreClient, StoreReply},
    remote_name, xml,
};

/// One kind of object store: its addresses, its signature, its listing, its refusals.
pub(super) trait ObjectStoreApi {
    fn client(&self) -> &ObjectStoreClient;

    /// Where an object is whose key is escaped already.
    fn object_url(&self, key: &str) -> String;

    /// Where a page of the keys with this prefix is, the first one or that of a token.
    fn listing_url(&self, prefix: &str, token: Option<&str>) -> String;

    fn parse_page(body: &[u8]) -> Result<xml::ListingPage, xml::NotAListing>;

    fn sign_request(&self, request: &mut HttpRequest) -> object_store::Result<()>;

    fn to_error(&self, wish: StoreOperation<'_>, refused: &ErrorReply) -> FetchError;

    /// Who answers is no such store.
    fn unexpected_response(&self, status: u16, words: String) -> FetchError;
}

/// What is asked for, for the sentence where it is refused.
#[derive(Clone, Copy)]
pub(super) enum StoreOperation<'a> {
    List,
    Read(&'a str),
}

pub(super) async fn list_objects(
    store: &impl ObjectStoreApi,
    prefix: &str,
) -> Result<RemoteListing, FetchError> {
    let mut listing = RemoteListing::default();
    let mut token: Option<String> = None;
    loop {
        let page = load_page(store, prefix, token.as_deref()).await?;
        for file in page.files {
            listing.add_file(file);
        }
        listing.check_size(prefix)?;
        // A store that turns in a circle would keep us for ever.
        if page.next.is_none() || page.next == token {
            return Ok(listing.into_sorted());
        }
        token = page.next;
    }
}

pub(super) async fn stat_object(
    store: &impl ObjectStoreApi,
    key: &str,
) -> Result<Option<RemoteFile>, FetchError> {
    let url = checked_url(store, key)?;
    let answer = send_signed(store, &Method::HEAD, &url, &[]);
    let found = match answer.await? {
        StoreReply::Success(response) => {
            object_client::remote_file_from_headers(key, response.headers())
        }
        StoreReply::Failure(refused) => match refused.status.as_u16() {
            404 => return Ok(None),
            405 | 501 => None,
            _ => return Err(store.to_error(StoreOperation::Read(key), &refused)),
        },
    };
    match found {
        Some(found) => Ok(Some(found)),
        // Not every store tells a size, or anything, without giving the file.
        None => Ok(list_objects(store, key).await?.find_file(key)),
    }
}

pub(super) async fn open_object(
    store: &impl ObjectStoreApi,
    remote: &RemoteFile,
) -> Result<FileChunks, FetchError> {
    let url = checked_url(store, &remote.key)?;
    let headers = object_client::if_match_header(&remote.tag);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, tag)| (*name, tag.as_str()))
        .collect();
    match send_signed(store, &Method::GET, &url, &headers).await? {
        StoreReply::Success(response) => Ok(store.client().stream_chunks(response)),
        StoreReply::Failure(refused) => {
            Err(store.to_error(StoreOperation::Read(&remote.key), &refused))
        }
    }
}

async fn load_page<S: ObjectStoreApi>(
    store: &S,
    prefix: &str,
    token: Option<&str>,
) -> Result<xml::ListingPage, FetchError> {
    let url = store.listing_url(prefix, token);
    match send_signed(store, &Method::GET, &url, &[]).await? {
        StoreReply::Success(response) => {
            let status = response.status().as_u16();
            let body = store.client().read_page(response).await?;
            let foreign =
                |xml::NotAListing| store.unexpected_response(status, ", and no listing".to_owned());
            S::parse_page(&body).map_err(foreign)
        }
        StoreReply::Failure(refused) => Err(store.to_error(StoreOperation::List, &refused)),
    }
}

fn checked_url(store: &impl ObjectStoreApi, key: &str) -> Result<String, FetchError> {
    if let Some(why) = remote_name::find_name_error(key) {
        let key = remote_name::display_name(key);
        return Err(FetchError::InvalidName { key, why });
    }
    Ok(store.object_url(&remote_name::escape_name(key)))
}

/// Signed anew for every try.
async fn send_signed(
    store: &impl ObjectStoreApi,
    method: &Method,
    url: &str,
    headers: &[(&'static str, &str)],
) -> Result<StoreReply, FetchError> {
    let signed = || {
        let mut request = object_client::build_request(method.clone(), url, headers)?;
        let signed = store.sign_request(&mut request);
        signed.map_err(|error| FetchError::Client(error.to_string()))?;
        Ok(request)
    };
    store.client().send_with_retries(signed).await
}
