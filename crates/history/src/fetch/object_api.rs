//! The common part of object stores: keys in pages, and whole objects by their keys.

use object_store::client::HttpRequest;
use reqwest::Method;

use super::{
    FetchError, OpenedFile, RemoteFile, RemoteListing,
    content_digest::ContentDigest,
    object_client::{self, ErrorReply, ObjectStoreClient, StoreReply},
    remote_name,
    upload::Upload,
    xml,
};

/// One kind of object store: its URLs, signatures, listings and errors.
pub(super) trait ObjectStoreApi {
    /// Of a request that stores an object.
    const PUT_HEADERS: &[(&str, &str)] = &[];

    fn client(&self) -> &ObjectStoreClient;

    /// Returns the URL of an object whose key is already escaped.
    fn object_url(&self, key: &str) -> String;

    /// Returns the URL of a page of keys with this prefix: the first one, or a token's.
    fn listing_url(&self, prefix: &str, token: Option<&str>) -> String;

    fn parse_page(body: &[u8]) -> Result<xml::ListingPage, xml::NotAListing>;

    /// `upload`: the content of the request.
    fn sign_request(
        &self,
        request: &mut HttpRequest,
        upload: Option<&Upload<'_>>,
    ) -> object_store::Result<()>;

    fn to_error(&self, operation: StoreOperation<'_>, reply: &ErrorReply) -> FetchError;

    /// Returns the error for a response that isn't from such a store.
    fn unexpected_response(&self, status: u16, words: String) -> FetchError;
}

/// The operation that an error message names.
#[derive(Clone, Copy)]
pub(super) enum StoreOperation<'a> {
    List,
    Read(&'a str),
    Write(&'a str),
}

/// Tries of a page whose connection is lost.
const PAGE_TRIES_MAX: u32 = 3;

pub(super) async fn list_objects(
    store: &impl ObjectStoreApi,
    prefix: &str,
) -> Result<RemoteListing, FetchError> {
    let mut listing = RemoteListing::default();
    let mut token: Option<String> = None;
    loop {
        let page = load_page_with_retries(store, prefix, token.as_deref()).await?;
        for file in page.files {
            listing.add_file(file);
        }
        listing.check_size(prefix)?;
        // A store that repeats a token would loop forever.
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
    let request = send_signed(store, &Method::HEAD, &url, &[], None);
    let found = match request.await? {
        StoreReply::Success(response) => {
            object_client::remote_file_from_headers(key, response.headers())
        }
        StoreReply::Failure(reply) => match reply.status.as_u16() {
            404 => return Ok(None),
            405 | 501 => None,
            _ => return Err(store.to_error(StoreOperation::Read(key), &reply)),
        },
    };
    if found.is_some() {
        return Ok(found);
    }
    // Not every store reports a size, or supports HEAD at all.
    let mut files = list_objects(store, key).await?.files.into_iter();
    Ok(files.find(|file| file.key == key))
}

pub(super) async fn open_object(
    store: &impl ObjectStoreApi,
    remote: &RemoteFile,
) -> Result<OpenedFile, FetchError> {
    let url = checked_url(store, &remote.key)?;
    let headers = object_client::if_match_header(&remote.tag);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, tag)| (*name, tag.as_str()))
        .collect();
    match send_signed(store, &Method::GET, &url, &headers, None).await? {
        StoreReply::Success(response) => {
            let client = store.client();
            let tags = &client.digest_tags;
            Ok(OpenedFile {
                digest: ContentDigest::from_response(remote, response.headers(), tags),
                chunks: client.stream_chunks(response),
            })
        }
        StoreReply::Failure(reply) => {
            Err(store.to_error(StoreOperation::Read(&remote.key), &reply))
        }
    }
}

pub(super) async fn put_object<S: ObjectStoreApi>(
    store: &S,
    key: &str,
    upload: &Upload<'_>,
) -> Result<(), FetchError> {
    let url = checked_url(store, key)?;
    let length = upload.length.to_string();
    let mut headers = vec![("content-length", length.as_str())];
    headers.extend(S::PUT_HEADERS);
    match send_signed(store, &Method::PUT, &url, &headers, Some(upload)).await? {
        StoreReply::Success(_) => Ok(()),
        StoreReply::Failure(reply) => Err(store.to_error(StoreOperation::Write(key), &reply)),
    }
}

/// Loads a page, again after a lost connection: a long listing continues where it was.
async fn load_page_with_retries(
    store: &impl ObjectStoreApi,
    prefix: &str,
    token: Option<&str>,
) -> Result<xml::ListingPage, FetchError> {
    let mut tries = 1;
    loop {
        match load_page(store, prefix, token).await {
            Err(FetchError::ConnectionLost { .. }) if tries < PAGE_TRIES_MAX => tries += 1,
            page => return page,
        }
    }
}

async fn load_page<S: ObjectStoreApi>(
    store: &S,
    prefix: &str,
    token: Option<&str>,
) -> Result<xml::ListingPage, FetchError> {
    let url = store.listing_url(prefix, token);
    match send_signed(store, &Method::GET, &url, &[], None).await? {
        StoreReply::Success(response) => {
            let status = response.status().as_u16();
            let body = store.client().read_page(response).await?;
            let not_a_listing =
                |xml::NotAListing| store.unexpected_response(status, ", and no listing".to_owned());
            S::parse_page(&body).map_err(not_a_listing)
        }
        StoreReply::Failure(reply) => Err(store.to_error(StoreOperation::List, &reply)),
    }
}

fn checked_url(store: &impl ObjectStoreApi, key: &str) -> Result<String, FetchError> {
    if let Some(why) = remote_name::find_name_error(key) {
        let key = remote_name::display_name(key);
        return Err(FetchError::InvalidName { key, why });
    }
    Ok(store.object_url(&remote_name::escape_name(key)))
}

/// Sends a request, signed again for every try.
async fn send_signed(
    store: &impl ObjectStoreApi,
    method: &Method,
    url: &str,
    headers: &[(&'static str, &str)],
    upload: Option<&Upload<'_>>,
) -> Result<StoreReply, FetchError> {
    let signed = || {
        let mut request = object_client::build_request(method.clone(), url, headers)?;
        let signed = store.sign_request(&mut request, upload);
        signed.map_err(|error| FetchError::Client(error.to_string()))?;
        Ok(request)
    };
    store.client().send_with_retries(signed, upload).await
}
