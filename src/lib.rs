//! touchbase turns a small team's everyday mail into lasting customer relations.
pub mod config;
pub mod contacts;
pub mod interaction;
pub mod mail;
pub mod mailbox;
pub mod measure;
pub mod pipeline;
pub mod trust;
pub mod understand;
pub mod worker;
