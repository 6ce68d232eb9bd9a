//! What else a user could take, on the same corpus: Tantivy as it comes with the same tokens, and
//! SQLite FTS5 with its trigrams, and fed with the same tokens.
//!
//! Each is asked in process for the number of matches and the twenty newest: no HTTP, no text read,
//! no coverage. They are floors of an engine, and not services.

use std::path::{Path, PathBuf};

use bellwether_text::{analyse, index_tokens};
use rusqlite::{Connection, params};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, Order, Searcher, Term};

use crate::corpus::{Corpus, Line};
use crate::stopwatch::{Times, table};
use crate::support::{fail, timed};

/// One kind of question, in words that every engine can be asked for.
struct Plain {
    name: &'static str,
    /// Each a list of phrases that must all be there.
    queries: &'static [&'static [&'static str]],
}

const PLAIN: [Plain; 3] = [
    Plain {
        name: "boolean",
        queries: &[
            &["trump", "border"],
            &["election", "fraud"],
            &["ukraine", "biden"],
            &["台灣", "美國"],
            &["特朗普", "关税"],
            &["трамп", "сша"],
        ],
    },
    Plain {
        name: "phrase",
        queries: &[
            &["white house"],
            &["donald trump"],
            &["supreme court"],
            &["мид россии"],
            &["新闻联播"],
            &["賴清德總統"],
        ],
    },
    Plain {
        name: "two Han characters",
        queries: &[
            &["選舉"],
            &["台灣"],
            &["总统"],
            &["罷免"],
            &["作票"],
            &["颱風"],
        ],
    },
];

/// Builds each peer where it is not there, and asks it.
pub(crate) fn measure(corpus: &Corpus) {
    let folder = corpus.dir.root().with_extension("peers");
    std::fs::create_dir_all(&folder).unwrap_or_else(|error| fail(&error));
    let tantivy = BareTantivy::open(corpus, &folder.join("tantivy"));
    report("bare tantivy, our tokens", 60, |query| tantivy.ask(query));
    let tokens = Fts::open(corpus, folder.join("tokens.sqlite"), Kind::OurTokens);
    report("SQLite FTS5, our tokens", 30, |query| tokens.ask(query));
    let trigrams = Fts::open(corpus, folder.join("trigram.sqlite"), Kind::Trigrams);
    report(
        "SQLite FTS5, trigram (LIKE for two characters)",
        2,
        |query| trigrams.ask(query),
    );
}

fn report(name: &str, rounds: usize, mut ask: impl FnMut(&[&str]) -> u64) {
    let all: Vec<Times> = PLAIN
        .iter()
        .map(|class| {
            let numbers: Vec<String> = (0..class.queries.len()).map(|n| n.to_string()).collect();
            let query = |number: &str| {
                let at: usize = number.parse().unwrap_or_default();
                ask(class.queries[at])
            };
            Times::of(class.name, &numbers, rounds, query, |found| *found)
        })
        .collect();
    println!("\n{name}, in process");
    table(&all);
}

fn whole(line: &Line) -> String {
    format!("{}\n\n{}", line.title, line.text)
}

/// The tokens of a text without stems, which the peers do not have.
fn tokens(text: &str) -> Vec<(u32, String)> {
    let mut tokens = Vec::new();
    index_tokens(&analyse(text), "und", |token| {
        tokens.push((token.position, token.text.to_owned()));
    });
    tokens
}

/// The tokens of a phrase: a last character that is in a pair needs none of its own.
fn phrase(text: &str) -> Vec<(u32, String)> {
    let mut tokens = tokens(text);
    let is_single = |text: &str| text.chars().count() == 1;
    if tokens.len() > 1 && tokens.last().is_some_and(|(_, text)| is_single(text)) {
        tokens.pop();
    }
    tokens
}

struct BareTantivy {
    searcher: Searcher,
    body: Field,
}

impl BareTantivy {
    fn open(corpus: &Corpus, folder: &Path) -> Self {
        let mut builder = Schema::builder();
        let time = builder.add_i64_field("time", FAST | INDEXED);
        let words = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let body =
            builder.add_text_field("body", TextOptions::default().set_indexing_options(words));
        let schema = builder.build();
        let is_new = !folder.exists();
        std::fs::create_dir_all(folder).unwrap_or_else(|error| fail(&error));
        let directory =
            tantivy::directory::MmapDirectory::open(folder).unwrap_or_else(|error| fail(&error));
        let index = Index::open_or_create(directory, schema).unwrap_or_else(|error| fail(&error));
        if is_new {
            let mut writer: IndexWriter = index
                .writer_with_num_threads(2, 128 << 20)
                .unwrap_or_else(|error| fail(&error));
            timed("bare tantivy: index", corpus.items, || {
                for (number, line) in corpus.texts() {
                    let mut document = tantivy::TantivyDocument::new();
                    document.add_i64(time, corpus.second(number));
                    let text: Vec<String> = tokens(&whole(line))
                        .into_iter()
                        .map(|(_, text)| text)
                        .collect();
                    document.add_text(body, text.join(" "));
                    writer
                        .add_document(document)
                        .unwrap_or_else(|error| fail(&error));
                }
                writer.commit().unwrap_or_else(|error| fail(&error));
                writer
                    .wait_merging_threads()
                    .unwrap_or_else(|error| fail(&error));
            });
        }
        let reader = index.reader().unwrap_or_else(|error| fail(&error));
        Self {
            searcher: reader.searcher(),
            body,
        }
    }

    fn ask(&self, query: &[&str]) -> u64 {
        let parts: Vec<Box<dyn Query>> = query
            .iter()
            .map(|part| {
                let tokens = phrase(part);
                let term = |text: &str| Term::from_field_text(self.body, text);
                match &tokens[..] {
                    [(_, one)] => Box::new(TermQuery::new(term(one), IndexRecordOption::Basic))
                        as Box<dyn Query>,
                    several => Box::new(PhraseQuery::new_with_offset(
                        several
                            .iter()
                            .map(|(position, text)| (*position as usize, term(text)))
                            .collect(),
                    )),
                }
            })
            .collect();
        let query = BooleanQuery::intersection(parts);
        let newest = TopDocs::with_limit(20).order_by_fast_field::<i64>("time", Order::Desc);
        let (count, _) = self
            .searcher
            .search(&query, &(Count, newest))
            .unwrap_or_else(|error| fail(&error));
        count as u64
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Trigrams,
    OurTokens,
}

struct Fts {
    connection: Connection,
    kind: Kind,
}

impl Fts {
    fn open(corpus: &Corpus, file: PathBuf, kind: Kind) -> Self {
        let is_new = !file.exists();
        let connection = Connection::open(file).unwrap_or_else(|error| fail(&error));
        let fts = Self { connection, kind };
        if is_new {
            fts.fill(corpus);
        }
        fts
    }

    fn fill(&self, corpus: &Corpus) {
        let (table, name) = match self.kind {
            Kind::Trigrams => ("body, tokenize = 'trigram'", "FTS5 trigram: index"),
            Kind::OurTokens => (
                "body, content = '', tokenize = 'unicode61 remove_diacritics 0'",
                "FTS5, our tokens: index",
            ),
        };
        let execute = |sql: &str| {
            self.connection
                .execute_batch(sql)
                .unwrap_or_else(|error| fail(&error));
        };
        execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
        execute(&format!(
            "CREATE VIRTUAL TABLE fts USING fts5({table}); BEGIN;"
        ));
        timed(name, corpus.items, || {
            let mut insert = self
                .connection
                .prepare("INSERT INTO fts(rowid, body) VALUES (?1, ?2)")
                .unwrap_or_else(|error| fail(&error));
            for (number, line) in corpus.texts() {
                let text = match self.kind {
                    Kind::Trigrams => whole(line),
                    Kind::OurTokens => {
                        let tokens = tokens(&whole(line));
                        let texts: Vec<String> = tokens.into_iter().map(|(_, text)| text).collect();
                        texts.join(" ")
                    }
                };
                let row = i64::try_from(number).unwrap_or(i64::MAX);
                insert
                    .execute(params![row, text])
                    .unwrap_or_else(|error| fail(&error));
            }
        });
        execute("COMMIT;");
    }

    fn ask(&self, query: &[&str]) -> u64 {
        let is_short = |part: &&&str| part.chars().count() < 3;
        let (condition, value) = match self.kind {
            Kind::Trigrams if query.iter().any(|part| is_short(&part)) => {
                let likes: Vec<String> = query
                    .iter()
                    .map(|part| format!("body LIKE '%{part}%'"))
                    .collect();
                (likes.join(" AND "), None)
            }
            _ => {
                let phrases: Vec<String> = query
                    .iter()
                    .map(|part| match self.kind {
                        Kind::Trigrams => format!("\"{part}\""),
                        Kind::OurTokens => {
                            let texts: Vec<String> =
                                phrase(part).into_iter().map(|(_, text)| text).collect();
                            format!("\"{}\"", texts.join(" "))
                        }
                    })
                    .collect();
                ("fts MATCH ?1".to_owned(), Some(phrases.join(" AND ")))
            }
        };
        let values = rusqlite::params_from_iter(value.iter());
        let count: i64 = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM fts WHERE {condition}"))
            .and_then(|mut statement| statement.query_row(values, |row| row.get(0)))
            .unwrap_or_else(|error| fail(&error));
        let values = rusqlite::params_from_iter(value.iter());
        let newest: Vec<i64> = self
            .connection
            .prepare_cached(&format!(
                "SELECT rowid FROM fts WHERE {condition} ORDER BY rowid DESC LIMIT 20"
            ))
            .and_then(|mut statement| statement.query_map(values, |row| row.get(0))?.collect())
            .unwrap_or_else(|error| fail(&error));
        std::hint::black_box(newest);
        u64::try_from(count).unwrap_or_default()
    }
}
