//! What the language and the browser bring along.
//!
//! Values of known types have their methods here; a method that is not here, or that is
//! asked of something unknown, gives an unknown value. Nothing leaves the evaluation: a
//! request, a timer or a write to the page is noted as an event.

mod array;
mod collection;
mod element;
mod global;
mod host;
mod jquery;
mod json;
mod library;
mod names;
mod number;
mod object;
mod promise;
mod reflect;
mod regex;
mod string;

pub(super) use array::whole;
pub(super) use host::{call_host, host_type};
pub(super) use jquery::NAMES as JQUERY;
pub(super) use names::static_member;
pub(super) use number::number_constant;
pub(super) use reflect::{SYMBOL, well_known_symbol};
