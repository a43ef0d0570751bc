//! Numbers of days and weeks beside words, ends of the day, and the end of the year.

use super::{check, check_of};

#[test]
fn a_number_behind_a_weekday_is_its_day_where_that_fits() {
    check(&[
        ("Friday the 27th", "2026-11-27"),
        ("Friday 27 at 9 am", "2026-11-27"),
        ("Tuesday 1 December", "2026-12-01"),
        ("Freitag, den 27.", "2026-11-27"),
        ("vendredi 27 à 9h", "2026-11-27"),
        ("viernes 4/12 a las 9", "2026-12-04"),
        ("Friday 12/4 at noon", "2026-12-04"),
        ("venerdì 4.12.", "2026-12-04"),
        ("sexta, dia 27", "2026-11-27"),
        ("vrijdag 9 uur", "2026-11-20"),
        ("Friday 12 people", "2026-11-20"),
        ("lundi en huit", "2026-11-30"),
    ]);
}

#[test]
fn weeks_have_numbers() {
    check(&[
        ("in KW 49", "2026-12-04"),
        ("KW49 am Dienstag", "2026-12-01"),
        ("week 48", "2026-11-27"),
        ("en semaine 2", "2027-01-15"),
        ("nella settimana 47", "2026-11-20"),
        ("week 60", "none"),
        ("week 4/5", "none"),
    ]);
}

#[test]
fn ends_of_the_day_are_of_the_day_beside_them() {
    check(&[
        ("by end of day", "2026-11-18"),
        ("by EOD Friday", "2026-11-20"),
        ("close of business tomorrow", "2026-11-19"),
        ("om 15.30 uur", "2026-11-18"),
        ("Version 15.30", "none"),
        ("in a fortnight", "2026-12-02"),
    ]);
}

#[test]
fn days_go_on_over_the_end_of_the_year() {
    check_of(
        "2026-12-30T09:00:00Z",
        &[
            ("bis 5.1.", "2027-01-05"),
            ("bis 30.12.", "2026-12-30"),
            ("bis 29.12.", "2027-12-29"),
            ("avant le 02/01", "2027-01-02"),
            ("el 7 de enero", "2027-01-07"),
            ("by Friday", "2027-01-01"),
            ("Friday the 8th", "2027-01-08"),
            ("vrijdag 8/1", "2027-01-08"),
            ("by the 2nd", "2027-01-02"),
            ("next week", "2027-01-08"),
            ("by the end of the month", "2026-12-31"),
            ("fin janvier", "2027-01-31"),
            ("il mese prossimo", "2027-01-31"),
            ("in KW 53", "2027-01-01"),
            ("in KW 1", "2027-01-08"),
            ("em duas semanas", "2027-01-13"),
            ("within three working days", "2027-01-04"),
        ],
    );
}
