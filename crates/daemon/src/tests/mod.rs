//! The daemon against a real data folder, without a socket where none is needed.

mod api;
mod door;
mod pages;
mod world;
