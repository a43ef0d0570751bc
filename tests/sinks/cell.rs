//! The exported table, read as spreadsheets do, and the JSON that programs read.

use serde_json::Value;

use super::{mails, payloads};

/// Whether a spreadsheet would calculate: a cell's first visible character, in any width, makes a formula.
fn calculates(cell: &str) -> bool {
    let first = cell.chars().find(|c| !c.is_whitespace() && *c != '\u{feff}');
    cell.starts_with(['\t', '\r', '\n', '\0'])
        || first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

#[test]
fn no_payload_becomes_a_formula_a_row_or_a_column_of_the_table() {
    let (program, _) = mails::read();
    let table = program.does(&["export", "--all", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let columns = reader.headers().expect("a header").len();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows of one length");
    let known = rows.iter().filter(|row| row.iter().any(|cell| cell == "recorded")).count();
    assert_eq!((known, rows.len()), (payloads::all().len(), 2 * payloads::all().len()));
    for row in &rows {
        assert_eq!(row.len(), columns);
        for cell in row {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !calculates(cell), "{cell:?}");
            assert!(!cell.contains(char::is_control), "{cell:?}");
        }
    }
}

#[test]
fn json_gives_each_payload_back_letter_by_letter() {
    let (program, _) = mails::read();
    let lines = program.lines(&["export"]);
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let subjects: Vec<String> = lines.iter().filter_map(|line| line["subject"].as_str()).map(squeezed).collect();
    for payload in payloads::all() {
        // A header holds no line and no NUL (RFC 5322, section 2.2), even when an encoded word says so.
        let payload = squeezed(&payload.replace('\0', ""));
        assert!(subjects.iter().any(|subject| subject.replace('\0', "") == payload), "{payload:?}");
    }
    for day in mails::days() {
        let report = program.does(&["report", "--date", &day.to_string(), "--format", "json", "--output", "-"]);
        let _: Value = serde_json::from_str(&report).expect("one value");
        assert!(report.chars().all(|c| c == '\n' || !c.is_control()), "{day}");
    }
}

#[test]
fn the_judge_knows_formulas() {
    assert!(["=1", " =1", "\t1", "＠x", "\u{3000}-1"].iter().all(|cell| calculates(cell)));
    assert!(!["1", "'=1", "a=1", ""].iter().any(|cell| calculates(cell)));
}
