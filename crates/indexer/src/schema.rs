//! The fields of the index.

use sha2::{Digest, Sha256};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{IndexSettings, IndexSortByField, Order};

use crate::tokenizer::NAME;

/// Version of the fields and of what is put into them. An index of another version is rebuilt.
pub(crate) const SCHEMA: u32 = 2;

/// The name of the field that holds the time, in microseconds.
pub(crate) const TIME: &str = "time";
/// The name of the field that holds the item's id.
pub(crate) const ITEM: &str = "item";
/// The name of the field that holds the sources.
pub(crate) const SOURCE: &str = "source";
/// The name of the field that holds the publisher.
pub(crate) const PUBLISHER: &str = "publisher";
/// The name of the field that holds the language as it is shown.
pub(crate) const LANGUAGE: &str = "language";
/// The name of the field that holds the platform.
pub(crate) const PLATFORM: &str = "platform";
/// The name of the field that holds the hosts of addresses.
pub(crate) const HOST: &str = "host";
/// The name of the field that holds the hashtags.
pub(crate) const TAG: &str = "tag";

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) item: Field,
    pub(crate) time: Field,
    pub(crate) title: Field,
    pub(crate) text: Field,
    pub(crate) source: Field,
    pub(crate) publisher: Field,
    /// For finding: in lower case, with the language that a variety belongs to.
    pub(crate) lang: Field,
    /// For counting.
    pub(crate) language: Field,
    pub(crate) platform: Field,
    /// For finding: hosts and the domains above them.
    pub(crate) domain: Field,
    /// For counting.
    pub(crate) host: Field,
    /// Digests of addresses: in full they would be a third of the index.
    pub(crate) url: Field,
    pub(crate) tag: Field,
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let mut builder = SchemaBuilder::new();
        // How long a text is plays no part in any order, so no norms are kept.
        let words = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(NAME)
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        );
        let fact = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        );
        let counted = fact.clone().set_fast("raw");
        let only_counted = TextOptions::default().set_fast("raw");
        let fields = Self {
            item: builder.add_u64_field(ITEM, INDEXED | FAST),
            time: builder.add_i64_field(TIME, FAST),
            title: builder.add_text_field("title", words.clone()),
            text: builder.add_text_field("text", words),
            source: builder.add_text_field(SOURCE, counted.clone()),
            publisher: builder.add_text_field(PUBLISHER, counted.clone()),
            lang: builder.add_text_field("lang", fact.clone()),
            language: builder.add_text_field(LANGUAGE, only_counted.clone()),
            platform: builder.add_text_field(PLATFORM, counted.clone()),
            domain: builder.add_text_field("domain", fact),
            host: builder.add_text_field(HOST, only_counted),
            url: builder.add_u64_field("url", INDEXED),
            tag: builder.add_text_field(TAG, counted),
        };
        (builder.build(), fields)
    }

    /// Latest first within each segment: the newest items of an answer are its first, and a stretch
    /// of time is a stretch of documents.
    pub(crate) fn settings() -> IndexSettings {
        IndexSettings {
            sort_by_field: Some(IndexSortByField {
                field: TIME.to_owned(),
                order: Order::Desc,
            }),
            ..IndexSettings::default()
        }
    }
}

/// The digest by which an address is found: the first 64 bits of SHA-256. That any two of a million
/// addresses share theirs has a chance of one in thirty-seven million.
pub(crate) fn address_hash(key: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}
