//! The daemon against a real data folder, without a socket where none is needed.

mod access;
mod api;
mod ask;
mod calendar;
mod cases;
mod counting;
mod coverage;
mod described;
mod door;
mod endpoints;
mod exports;
mod hostile;
mod imports;
mod kept;
mod now;
mod pages;
mod posts;
mod queries;
mod ranking;
mod silences;
mod stories;
mod unknown;
mod verdicts;
mod versions;
mod why_term;
mod world;
