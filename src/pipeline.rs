//! The whole program on one screen: one mail in, one disposition out.

use serde::{Deserialize, Serialize};

use crate::trust::{Policy, Verdict};
use crate::understand::{Reading, Team};

/// What reading a mail depends on besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Our side.
    pub team: Team,
    /// Whom we believe.
    pub trust: Policy,
}

/// What the parsing process hands back: the reading and whether its author may be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// What the mail means.
    pub reading: Reading,
    /// Whether its author is who it says.
    pub verdict: Verdict,
}
