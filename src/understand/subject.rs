//! Stand-in until the words of subjects arrive.

/// Whether a subject says that it answers.
pub fn is_reply(subject: &str) -> bool {
    let s = subject.trim().to_lowercase();
    ["re:", "aw:", "sv:", "antw:", "rif:"].iter().any(|p| s.starts_with(p))
}

/// Whether a subject says that it forwards.
pub fn is_forward(subject: &str) -> bool {
    let s = subject.trim().to_lowercase();
    ["fwd:", "fw:", "wg:", "tr:", "rv:", "i:", "vs:", "enc:", "doorst:", "res:"].iter().any(|p| s.starts_with(p))
}
