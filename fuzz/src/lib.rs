//! The floors of touchbase that read a stranger's bytes, for the fuzz targets.

pub mod mail;
pub mod mailbox;
pub mod trust;
pub mod understand;
