//! What people read.
pub mod schedule;
