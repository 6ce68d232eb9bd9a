//! The daemon against a real data folder, without a socket where none is needed.

mod api;
mod counting;
mod ranking;
mod ask;
mod described;
mod door;
mod exports;
mod hostile;
mod pages;
mod queries;
mod world;
