//! Finds the ad networks of a web page in its source, without running it.

mod base;
mod detect;
mod engine;
mod evaluate;
mod input;
mod network;
mod page;
mod script;
