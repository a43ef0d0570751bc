//! Evidence on a scale: what speaks for an answer, what against it, and how much.
//!
//! One header proves little, because people's programs add the strangest
//! ones. So each question lays everything it found on a [`Scale`] and decides
//! once; the heaviest finding names the answer's rule.

/// What was found for and against one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scale {
    total: i32,
    findings: Vec<(i32, &'static str)>,
}

impl Scale {
    /// Lays `points` on the scale if the finding holds; below zero it speaks against.
    pub fn lay(&mut self, holds: bool, points: i32, finding: &'static str) {
        if holds {
            self.total += points;
            self.findings.push((points, finding));
        }
    }

    /// The sum so far.
    pub fn total(&self) -> i32 {
        self.total
    }

    /// What was found, the heaviest first, such as `subject of a bounce 3, null sender 2`.
    pub fn told(&self) -> String {
        let mut findings = self.findings.clone();
        findings.sort_by_key(|&(points, _)| std::cmp::Reverse(points));
        let told: Vec<String> = findings.iter().map(|(points, finding)| format!("{finding} {points:+}")).collect();
        told.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_finding_is_told_first() {
        let mut scale = Scale::default();
        scale.lay(true, 1, "weak");
        scale.lay(false, 9, "absent");
        scale.lay(true, -3, "greets by name");
        scale.lay(true, 4, "strong");
        assert_eq!((scale.total(), scale.told().as_str()), (2, "strong +4, weak +1, greets by name -3"));
    }
}
