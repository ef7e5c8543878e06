//! Parses the XML responses of object stores.

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::RemoteFile;

/// One page of an object store's listing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListingPage {
    pub(super) files: Vec<RemoteFile>,
    /// The token that requests the next page.
    pub(super) next: Option<String>,
}

/// An error that an object store reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct StoreErrorBody {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) region: Option<String>,
    pub(super) authentication_error_detail: Option<String>,
}

/// The error for a response that should be a listing and isn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotAListing;

#[derive(Deserialize)]
#[serde(rename = "ListBucketResult", rename_all = "PascalCase")]
struct S3Page {
    name: Option<String>,
    encoding_type: Option<String>,
    next_continuation_token: Option<String>,
    is_truncated: Option<bool>,
    #[serde(default)]
    contents: Vec<S3Object>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct S3Object {
    key: String,
    size: u64,
    last_modified: Option<String>,
    #[serde(rename = "ETag")]
    tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AzurePage {
    blobs: AzureBlobs,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AzureBlobs {
    #[serde(default)]
    blob: Vec<AzureBlob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AzureBlob {
    name: AzureName,
    properties: AzureProperties,
}

#[derive(Deserialize)]
struct AzureName {
    #[serde(rename = "@Encoded", default)]
    encoded: bool,
    #[serde(rename = "$text", default)]
    text: String,
}

#[derive(Deserialize)]
struct AzureProperties {
    #[serde(rename = "Last-Modified")]
    last_modified: Option<String>,
    #[serde(rename = "Etag")]
    tag: Option<String>,
    #[serde(rename = "Content-Length")]
    size: u64,
}

/// Parses a page of S3's second listing API.
pub(super) fn s3_page(xml: &[u8]) -> Result<ListingPage, NotAListing> {
    let page: S3Page = parse_xml(xml)?;
    // Any XML would pass otherwise: every field of a listing may be absent.
    if page.name.is_none() && page.is_truncated.is_none() {
        return Err(NotAListing);
    }
    let is_encoded = page.encoding_type.as_deref() == Some("url");
    let files = page.contents.into_iter().map(|object| {
        let modified = object.last_modified.and_then(|at| at.parse().ok());
        let key = if is_encoded {
            decode_key(&object.key.replace('+', " "))?
        } else {
            object.key
        };
        Ok(to_remote_file(key, object.size, modified, object.tag))
    });
    let files = files.collect::<Result<_, _>>()?;
    let is_truncated = page.is_truncated != Some(false);
    let next = page.next_continuation_token.filter(|_| is_truncated);
    Ok(ListingPage {
        files,
        next: next.filter(|next| !next.is_empty()),
    })
}

/// Parses a page of Azure's blob listing.
pub(super) fn azure_page(xml: &[u8]) -> Result<ListingPage, NotAListing> {
    let page: AzurePage = parse_xml(xml)?;
    let files = page.blobs.blob.into_iter().map(|blob| {
        let properties = blob.properties;
        let modified = properties.last_modified.as_deref().and_then(http_date);
        let key = if blob.name.encoded {
            decode_key(&blob.name.text)?
        } else {
            blob.name.text
        };
        Ok(to_remote_file(
            key,
            properties.size,
            modified,
            properties.tag,
        ))
    });
    Ok(ListingPage {
        files: files.collect::<Result<_, _>>()?,
        next: page.next_marker.filter(|next| !next.is_empty()),
    })
}

/// Parses the reason in an error response; empty if there is none.
pub(super) fn parse_error_body(body: &[u8]) -> StoreErrorBody {
    parse_xml(body).unwrap_or_default()
}

/// Parses an HTTP date.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text).ok()
}

/// Returns a file with a tag that changes with its content: the `ETag` without the quotes around it
/// or, after a `~`, size and time in seconds, the precision of headers.
pub(super) fn to_remote_file(
    key: String,
    size: u64,
    modified: Option<Timestamp>,
    tag: Option<String>,
) -> RemoteFile {
    let tag = match tag {
        Some(tag) => tag.trim_start_matches("W/").trim_matches('"').to_owned(),
        None => format!("~{size}-{}", modified.map_or(0, Timestamp::as_second)),
    };
    RemoteFile {
        key,
        size,
        modified,
        tag,
    }
}

fn parse_xml<'de, T: Deserialize<'de>>(xml: &'de [u8]) -> Result<T, NotAListing> {
    let text = std::str::from_utf8(xml).map_err(|_| NotAListing)?;
    let text = text.trim_start_matches('\u{FEFF}');
    quick_xml::de::from_str(text).map_err(|_| NotAListing)
}

fn decode_key(key: &str) -> Result<String, NotAListing> {
    let key = percent_decode_str(key).decode_utf8();
    Ok(key.map_err(|_| NotAListing)?.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_s3_page_decodes_its_keys() {
        let page = s3_page(
            br#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix>
<KeyCount>1</KeyCount><MaxKeys>1</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>1/x+y=</NextContinuationToken>
<Contents><Key>%5CCCAAS%5Ca+b%2Bc.csv</Key><LastModified>2026-03-05T01:02:03.000Z</LastModified>
<ETag>&quot;abc-2&quot;</ETag><Size>12</Size><StorageClass>STANDARD</StorageClass></Contents>
</ListBucketResult>"#,
        );

        let file = RemoteFile {
            key: r"\CCAAS\a b+c.csv".into(),
            size: 12,
            modified: "2026-03-05T01:02:03Z".parse().ok(),
            tag: "abc-2".into(),
        };
        let next = Some("1/x+y=".to_owned());
        assert_eq!(
            page,
            Ok(ListingPage {
                files: vec![file],
                next
            })
        );
    }

    #[test]
    fn an_azure_page_decodes_its_names() {
        let page = azure_page(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"x\" ContainerName=\"c\">\
             <Blobs><Blob><Name Encoded=\"true\">a%EF%BF%BFb</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>\
             <Blob><Name>\\CCAAS\\a &amp; b.csv</Name><Properties><Creation-Time>x</Creation-Time>\
             <Last-Modified>Thu, 05 Mar 2026 01:02:03 GMT</Last-Modified><Etag>0x8D</Etag>\
             <Content-Length>12</Content-Length><Content-MD5 /></Properties><OrMetadata /></Blob></Blobs>\
             <NextMarker /></EnumerationResults>"
                .as_bytes(),
        )
        .unwrap();

        assert_eq!(page.next, None);
        assert_eq!(page.files[0].key, "a\u{FFFF}b");
        assert_eq!(
            page.files[1],
            RemoteFile {
                key: r"\CCAAS\a & b.csv".into(),
                size: 12,
                modified: "2026-03-05T01:02:03Z".parse().ok(),
                tag: "0x8D".into(),
            }
        );
    }

    #[test]
    fn an_empty_bucket_is_a_listing_and_html_is_not() {
        let empty =
            b"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated></ListBucketResult>";

        assert_eq!(
            s3_page(empty),
            Ok(ListingPage {
                files: vec![],
                next: None
            })
        );
        assert_eq!(
            s3_page(b"<html><body>Hello</body></html>"),
            Err(NotAListing)
        );
        assert_eq!(azure_page(b"<html/>"), Err(NotAListing));
    }

    proptest! {
        #[test]
        fn never_panics_on_any_response(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in ".*") {
            for body in [&bytes[..], text.as_bytes()] {
                // They only have to return.
                drop((s3_page(body), azure_page(body), parse_error_body(body)));
            }
        }
    }
}
