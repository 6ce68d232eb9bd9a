//! Configuration: a folder of TOML, read whole and checked whole, as a model that cannot be wrong.
//!
//! This is the only crate that reads `config/`. [`load`] goes in two steps: what was typed (tables
//! with the place of every key and value) and what it means ([`Config`]). The second is only made
//! where no file has a fault, and all faults of all files are told at once, each with its line.
//! A syntax error in one file neither hides the faults of the others nor invents any.
//!
//! Secrets come from files or the environment, are held in a type that does not print, and appear
//! in no fault, no digest and no snapshot.
//!
//! May not: poll, store, read a clock, or change a file.

mod actors;
mod checks;
mod config;
mod elections;
mod fault;
mod files;
mod groups;
mod keep;
mod keys;
mod load;
mod mailboxes;
mod narratives;
mod pacing;
mod phases;
mod queries;
mod reading;
mod receivers;
mod register;
mod routes;
mod rules;
mod settings;
mod sources;
mod stamp;
mod table;
mod templates;
mod words;

pub use actors::{ACTORS_MAX, ALIAS_CHARS_MAX, ALIASES_MAX};
pub use config::{Config, ConfiguredRule, CoverageSettings, FetchSettings, KeepSettings, Settings};
pub use fault::{Fault, Faults};
pub use files::{FILE_BYTES_MAX, FILES_MAX, TEMPLATE_BYTES_MAX};
pub use keys::{KNOWN_SECTIONS, Section};
pub use load::{load, load_with_rules};
pub use narratives::{NARRATIVES_MAX, REFERENCES_MAX};
pub use receivers::SECRET_BYTES_MAX;
pub use stamp::Stamp;
