//! The fields of the index.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use crate::tokenizer::NAME;

/// Version of the fields and of what is put into them. An index of another version is rebuilt.
pub(crate) const SCHEMA: u32 = 1;

/// The name of the field that holds the time, in microseconds.
pub(crate) const TIME: &str = "time";
/// The name of the field that holds the item's id.
pub(crate) const ITEM: &str = "item";
/// The name of the field that holds the sources.
pub(crate) const SOURCE: &str = "source";

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) item: Field,
    pub(crate) time: Field,
    pub(crate) title: Field,
    pub(crate) text: Field,
    pub(crate) source: Field,
    pub(crate) publisher: Field,
    pub(crate) lang: Field,
    pub(crate) platform: Field,
}

impl Fields {
    pub(crate) fn schema() -> (Schema, Self) {
        let mut builder = SchemaBuilder::new();
        // Matches are not ranked by frequency, so no norms are kept.
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
        let fields = Self {
            item: builder.add_u64_field(ITEM, INDEXED | FAST),
            time: builder.add_i64_field(TIME, FAST),
            title: builder.add_text_field("title", words.clone()),
            text: builder.add_text_field("text", words),
            source: builder.add_text_field(SOURCE, fact.clone().set_fast("raw")),
            publisher: builder.add_text_field("publisher", fact.clone()),
            lang: builder.add_text_field("lang", fact.clone()),
            platform: builder.add_text_field("platform", fact),
        };
        (builder.build(), fields)
    }
}
