//! touchbase turns a small team's everyday mail into lasting customer relations.
//!
//! It watches mailboxes, works out which customer each mail is about, records every exchange as an
//! interaction, and writes a report each day.
//!
//! # The journey of a mail
//!
//! An [`inbox`] finds it and hands its bytes over. A [`worker`] process reads them: [`mail`] turns bytes into
//! a mail, [`understand`] tells what it means and why, [`trust`] whether its author may be believed. Back in
//! the [`daemon`], [`contacts`] tells who the people are and [`interaction`] decides what becomes of it; the
//! [`store`] settles that in one transaction. [`pipeline`] is these steps on one screen.
//!
//! # The journey of a report
//!
//! [`measure`] computes over what is on record, [`report`] says it in words, [`publish`] puts the page in its
//! place.
//!
//! # Reading order
//!
//! [`pipeline`], [`mail`], [`understand`], [`interaction`], then the edges as you need them. ARCHITECTURE.md has
//! the floors (imports only point down), the invariants with their tests, and the words.

pub mod cli;
pub mod clock;
pub mod config;
pub mod contacts;
pub mod daemon;
pub mod demo;
pub mod failpoint;
pub mod failure;
pub mod inbox;
pub mod interaction;
pub mod logs;
pub mod mail;
pub mod mailbox;
pub mod measure;
pub mod oauth;
pub mod pipeline;
pub mod postman;
pub mod publish;
pub mod report;
pub mod store;
pub mod trust;
pub mod understand;
pub mod wiring;
pub mod worker;
