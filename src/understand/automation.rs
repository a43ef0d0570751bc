//! Stand-in until automation arrives.
use super::{AutoReply, Automation, Evidence, FailedRecipient};
use crate::mail::{Mail, Participant};
/// Verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// a
    pub automation: Automation,
    /// a
    pub auto_reply: Option<AutoReply>,
    /// a
    pub failed: Vec<FailedRecipient>,
    /// a
    pub own_report: bool,
    /// a
    pub list: Option<String>,
    /// a
    pub evidence: Vec<Evidence>,
}
/// classify
pub fn classify(_: &Mail) -> Verdict {
    Verdict::default()
}
/// classify
pub fn classify_words(_: Option<&Participant>, _: &str, _: &str) -> Verdict {
    Verdict::default()
}
