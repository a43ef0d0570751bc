//! touchbase turns a small team's everyday mail into lasting customer relations.
pub mod clock;
pub mod config;
pub mod contacts;
pub mod demo;
pub mod failure;
pub mod inbox;
pub mod interaction;
pub mod logs;
pub mod mail;
pub mod mailbox;
pub mod measure;
pub mod pipeline;
pub mod publish;
pub mod report;
pub mod store;
pub mod trust;
pub mod understand;
