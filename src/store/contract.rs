//! The story every engine has to tell: what settling, finding again, asking and forgetting promise.

mod answers;
mod conversations;
mod durability;
mod forgetting;
mod forwarding;
pub(super) mod lean;
mod leap;
mod matters;
mod people;
mod power;
mod questions;
mod same_exchange;
pub(super) mod signatures;
mod signs;
mod waiting;
