//! Days, times and other numbers in one word, in any script that dates are written in.

/// What the digits of one word may mean.
#[derive(Debug, Default)]
pub struct Stamp {
    pub digits: bool,
    pub day: bool,
    /// A day written as `19.11.2026`.
    pub date: bool,
    pub time: bool,
}

impl Stamp {
    pub fn of(token: &str) -> Stamp {
        let mut stamp = Stamp::default();
        let (mut run, mut value, mut runs, mut widest, mut previous) = (0, 0_u32, 0, 0, ' ');
        for c in token.chars().chain(std::iter::once(' ')) {
            match digit(c) {
                Some(d) => {
                    if run == 0 {
                        stamp.time |= runs > 0 && matches!(previous, ':' | '\u{ff1a}');
                        stamp.date |= runs > 0 && matches!(previous, '/' | '-' | '.');
                        runs += 1;
                        value = 0;
                    }
                    run += 1;
                    widest = widest.max(run);
                    value = value.saturating_mul(10).saturating_add(d);
                }
                None => {
                    // Years of the common, Buddhist and Persian calendars.
                    stamp.day |= run == 4 && (1300..2700).contains(&value);
                    let east = matches!(c, '\u{5e74}' | '\u{6708}' | '\u{65e5}' | '\u{b144}' | '\u{c6d4}' | '\u{c77c}');
                    stamp.day |= run > 0 && east;
                    stamp.digits |= run > 0;
                    run = 0;
                }
            }
            previous = c;
        }
        // `5.7.1` is a version, or what a mail server answers.
        stamp.date &= runs != 3 || widest >= 2;
        stamp.day |= stamp.date;
        stamp
    }
}

/// The value of a digit in any script that dates are written in.
fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{9e6}'..='\u{9ef}' => '\u{9e6}',
        '\u{e50}'..='\u{e59}' => '\u{e50}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn dates_are_told_from_versions() {
        for date in ["19.11.2026", "2026-11-19", "9/3", "1.2.26", "2026-11-19T16:12:09"] {
            assert!(Stamp::of(date).date, "{date}");
        }
        assert!(!Stamp::of("5.7.1").date);
    }
}
