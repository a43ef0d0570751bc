//! Medians and percentiles by nearest rank: always a value that was seen, and the same on every machine.

/// The smallest value that at least so many of a hundred values do not exceed; `None` of nothing. `values` is sorted.
pub fn percentile(values: &[i64], percent: usize) -> Option<i64> {
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied()
}

/// The middle value, the lower of two; `None` of nothing. `values` is sorted.
pub fn median(values: &[i64]) -> Option<i64> {
    percentile(values, 50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_values_seen() {
        assert_eq!((median(&[]), percentile(&[], 90)), (None, None));
        assert_eq!((median(&[4]), percentile(&[4], 90)), (Some(4), Some(4)));
        assert_eq!(median(&[1, 2, 3, 9]), Some(2), "the lower of the two in the middle");
        assert_eq!(percentile(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90), Some(9));
        assert_eq!(percentile(&[1, 2, 3, 4, 5], 90), Some(5));
        assert_eq!(median(&[2, 2, 2, 7, 7]), Some(2), "ties");
    }
}
