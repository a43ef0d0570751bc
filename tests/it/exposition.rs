//! A strict reader of Prometheus' text exposition format 0.0.4, as its documentation and `promtool check metrics` have it.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};

/// What a file of figures says.
#[derive(Debug, Default)]
pub struct Exposition {
    /// Family to type.
    kinds: BTreeMap<String, String>,
    /// Series, as it is written, to value.
    values: BTreeMap<String, f64>,
}

impl Exposition {
    /// Reads a file.
    ///
    /// # Errors
    /// The first line that breaks a rule, and which.
    pub fn parse(text: &str) -> Result<Exposition, String> {
        let mut found = Exposition::default();
        let (mut helped, mut family): (BTreeSet<String>, String) = Default::default();
        if !text.is_empty() && !text.ends_with('\n') {
            return Err("the last line has no end".into());
        }
        for line in text.lines() {
            let wrong = |why: &str| Err(format!("{why}: {line}"));
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let Some((name, help)) = rest.split_once(' ') else { return wrong("HELP without words") };
                if help.is_empty() || !is_name(name, true) || !helped.insert(name.to_owned()) {
                    return wrong("HELP is empty, misnamed or said twice");
                }
                family = name.to_owned();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let Some((name, kind)) = rest.split_once(' ') else { return wrong("TYPE without a type") };
                if name != family || !["counter", "gauge"].contains(&kind) {
                    return wrong("TYPE does not follow its HELP, or is none");
                }
                if (kind == "counter") != name.ends_with("_total") {
                    return wrong("counters and only they end in _total");
                }
                if ["_ms", "_milliseconds", "_minutes", "_kib", "_mb"].iter().any(|unit| name.contains(unit)) {
                    return wrong("not a base unit");
                }
                if found.kinds.insert(name.to_owned(), kind.to_owned()).is_some() {
                    return wrong("TYPE said twice");
                }
            } else {
                let Some((series, value)) = split_value(line) else { return wrong("no sample") };
                let name = series.split('{').next().unwrap_or_default();
                if name != family || !found.kinds.contains_key(name) {
                    return wrong("a sample outside its family");
                }
                if let Err(why) = labels(&series[name.len()..]) {
                    return wrong(&why);
                }
                let Ok(value) = value.parse::<f64>() else { return wrong("no number") };
                if found.kinds[name] == "counter" && (value < 0.0 || !value.is_finite()) {
                    return wrong("a counter counts from nothing");
                }
                if found.values.insert(series.to_owned(), value).is_some() {
                    return wrong("said twice");
                }
            }
        }
        Ok(found)
    }

    /// A series' value; the series as it is written.
    pub fn value(&self, series: &str) -> Option<f64> {
        self.values.get(series).copied()
    }

    /// A family's type.
    pub fn kind(&self, family: &str) -> Option<&str> {
        self.kinds.get(family).map(String::as_str)
    }
}

/// The value stands behind the last space; a time stamp of its own is refused, as the textfile collector does.
fn split_value(line: &str) -> Option<(&str, &str)> {
    let end = line.rfind('}').map_or(0, |at| at + 1);
    let (series, value) = line.split_at(end + line[end..].find(' ')?);
    let value = value.strip_prefix(' ')?;
    (!value.is_empty() && !value.contains(' ')).then_some((series, value))
}

fn is_name(name: &str, colons: bool) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || colons && c == ':';
    !name.is_empty() && name.chars().all(good) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// `{a="b",c="d"}` or nothing; within quotes only `\\`, `\"` and `\n` are escapes.
fn labels(text: &str) -> Result<(), String> {
    let Some(mut rest) = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) else {
        return if text.is_empty() { Ok(()) } else { Err("labels without brackets".into()) };
    };
    let mut seen = BTreeSet::new();
    loop {
        let (name, after) = rest.split_once("=\"").ok_or("a label without a value")?;
        if !is_name(name, false) || name.starts_with("__") || !seen.insert(name.to_owned()) {
            return Err(format!("the label {name:?} is misnamed or said twice"));
        }
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().ok_or("a label without an end")? {
                (at, '"') => break at,
                (_, '\\') if !matches!(chars.next(), Some((_, '\\' | '"' | 'n'))) => return Err("no escape".into()),
                _ => {}
            }
        };
        match after[end + 1..].strip_prefix(',') {
            Some(more) => rest = more,
            None if after[end + 1..].is_empty() => return Ok(()),
            None => return Err("labels without a comma".into()),
        }
    }
}

#[test]
fn what_prometheus_refuses_is_refused() {
    let good = "# HELP a_total Words.\n# TYPE a_total counter\na_total{x=\"q\\\"} \\\\\"} 1\n";
    assert_eq!(Exposition::parse(good).expect("good").value("a_total{x=\"q\\\"} \\\\\"}"), Some(1.0));
    for (from, to) in [
        ("# HELP a_total Words.\n", ""),
        ("# TYPE a_total counter\n", ""),
        ("a_total", "a"),
        ("counter", "gauge"),
        ("x=", "1x="),
        ("\\\"", "\\t"),
        (" 1\n", " one\n"),
        (" 1\n", " 1"),
        (" 1\n", " 1 1700000000\n"),
        (" 1\n", " -1\n"),
    ] {
        let bad = good.replace(from, to);
        assert!(Exposition::parse(&bad).is_err(), "{bad}");
    }
    let sample = good.lines().last().expect("a sample");
    assert!(Exposition::parse(&format!("{good}{sample}\n")).is_err());
}
