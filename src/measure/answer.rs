//! What a measure may say: a value, or why it says none.

/// A measure's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// Under the minimum: no value is told.
    TooLittle {
        /// How many were seen.
        n: usize,
        /// How many it takes.
        needs: usize,
    },
    /// More than half of the customer's conversation is unseen, so that a value would mislead (measures.md, 15).
    Withheld {
        /// How many were seen nevertheless.
        n: usize,
    },
    /// What the record says.
    Known(T),
}

impl<T> Answer<T> {
    /// The value, where there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Answer::Known(value) => Some(value),
            Answer::TooLittle { .. } | Answer::Withheld { .. } => None,
        }
    }

    /// The same, withheld when the customer's blind spot is too large; too little stays too little.
    #[must_use]
    pub fn unless_blind(self, blind: bool, n: impl FnOnce(&T) -> usize) -> Answer<T> {
        match self {
            Answer::Known(value) if blind => Answer::Withheld { n: n(&value) },
            answer => answer,
        }
    }
}

/// A part of a whole, compared without rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// How many, or how much, it is about.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl Share {
    /// A part of a whole.
    pub fn new(part: usize, whole: usize) -> Share {
        Share { part: part as u64, whole: whole as u64 }
    }

    /// As a number from 0 to 1; `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// Whether it is less than so many of a hundred; nothing is not.
    pub fn is_below(self, percent: u64) -> bool {
        self.whole > 0 && u128::from(self.part) * 100 < u128::from(self.whole) * u128::from(percent)
    }

    /// Whether it is more than so many of a hundred; nothing is not.
    pub fn is_above(self, percent: u64) -> bool {
        self.whole > 0 && u128::from(self.part) * 100 > u128::from(self.whole) * u128::from(percent)
    }

    /// Whether it lies at least so many of a hundred below what it was.
    pub fn fell_by(self, percent: u64, before: Share) -> bool {
        let cross = |a: Share, b: Share| u128::from(a.part) * u128::from(b.whole);
        let wholes = u128::from(self.whole) * u128::from(before.whole);
        wholes > 0 && cross(before, self) * 100 >= cross(self, before) * 100 + wholes * u128::from(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_are_exact() {
        assert!(!Share::new(1, 2).is_below(50) && !Share::new(1, 2).is_above(50));
        assert!(Share::new(49, 99).is_below(50) && Share::new(50, 99).is_above(50));
        assert!(!Share::new(0, 0).is_below(50) && !Share::new(0, 0).is_above(50));
        assert!(Share::new(2, 3).is_below(67) && !Share::new(67, 100).is_below(67));
        assert_eq!((Share::new(0, 0).value(), Share::new(1, 4).value()), (None, Some(0.25)));
    }

    #[test]
    fn a_fall_by_fifteen_is_a_fall_by_fifteen() {
        // In binary fractions 0.5 - 0.35 is less than 0.15.
        assert!(Share::new(35, 100).fell_by(15, Share::new(1, 2)));
        assert!(!Share::new(36, 100).fell_by(15, Share::new(1, 2)));
        assert!(!Share::new(60, 100).fell_by(15, Share::new(1, 2)), "it rose");
        assert!(!Share::new(0, 0).fell_by(15, Share::new(1, 1)));
    }

    #[test]
    fn only_a_value_is_withheld() {
        assert_eq!(Answer::Known(7_usize).unless_blind(true, |n| *n), Answer::Withheld { n: 7 });
        assert_eq!(Answer::Known(7_usize).unless_blind(false, |n| *n), Answer::Known(7));
        let little: Answer<usize> = Answer::TooLittle { n: 1, needs: 3 };
        assert_eq!(little.clone().unless_blind(true, |n| *n), little);
    }
}
