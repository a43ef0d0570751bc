//! The demonstration shows what the report can say: over its pages every measure gives a value, deserves attention,
//! and is silent, whatever day it is laid out on.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use jiff::Span;
use jiff::civil::{Date, date};
use serde_json::Value;
use touchbase::contacts::CustomerId;
use touchbase::daemon::reporting;
use touchbase::report::schedule::DAYS_BACK;
use touchbase::report::topic::TOPICS;
use touchbase::store::{Reader, Store};
use touchbase::{demo, report, wiring};

/// A Sunday, a Wednesday before clocks change, a Friday among holidays.
const TODAYS: [Date; 3] = [date(2026, 11, 22), date(2026, 3, 4), date(2025, 12, 26)];

/// How often a measure spoke, over all customers and pages.
#[derive(Debug, Default)]
struct Heard {
    values: usize,
    flags: usize,
    /// Without a value.
    silent: usize,
    withheld: usize,
    unflagged: usize,
}

/// A demonstration that was read, as seen on a day.
struct Demonstration {
    reader: Reader,
    settings: reporting::Settings,
    today: Date,
    _folder: tempfile::TempDir,
}

impl Demonstration {
    fn laid_out(today: Date) -> Demonstration {
        let folder = tempfile::Builder::new().prefix("tb-demo").tempdir().expect("a temporary folder");
        let config_file = demo::lay_out(folder.path(), today).expect("a demonstration");
        let mut once = Command::new(env!("CARGO_BIN_EXE_touchbase"));
        once.arg("--config").arg(&config_file).args(["once", "--quiet"]).stdin(Stdio::null()).stdout(Stdio::null());
        assert!(once.status().expect("the program").success());
        let config = demo::config(&config_file).expect("its configuration");
        let reader = Store::open_to_read(&wiring::store_settings(&config)).expect("its record");
        Demonstration { reader, settings: reporting::Settings::of(&config), today, _folder: folder }
    }

    /// A day's report as JSON, of one customer or of all.
    fn report(&self, day: Date, customer: Option<&str>) -> Value {
        let customer = customer.map(|id| CustomerId(id.to_owned()));
        let told = reporting::day(&self.reader, &self.settings, day, customer.as_ref()).expect("a report");
        serde_json::from_str(&report::json(&told)).expect("JSON")
    }

    /// So many days before it was laid out.
    fn before(&self, days: i32) -> Date {
        self.today.checked_sub(Span::new().days(days)).expect("a day")
    }
}

/// What a report says of its customers.
fn customers(report: &Value) -> &[Value] {
    report["relationships"].as_array().expect("customers")
}

fn heard(reports: &[Value]) -> BTreeMap<&'static str, Heard> {
    let mut heard: BTreeMap<_, Heard> = BTreeMap::new();
    for relationship in reports.iter().flat_map(customers) {
        for topic in TOPICS {
            let measured = &relationship["measures"][topic.key];
            let one = heard.entry(topic.key).or_default();
            let flagged = measured["flagged"].as_bool().expect("each measure of each customer");
            one.flags += usize::from(flagged);
            one.unflagged += usize::from(!flagged);
            one.values += usize::from(measured["value"].is_number());
            one.silent += usize::from(measured["value"].is_null());
            one.withheld += usize::from(measured["withheld"] == true);
        }
    }
    heard
}

#[test]
fn every_measure_speaks_and_is_silent_somewhere_in_the_demonstration() {
    for today in TODAYS {
        let demonstration = Demonstration::laid_out(today);
        let reports: Vec<Value> =
            (1..=DAYS_BACK).map(|back| demonstration.report(demonstration.before(back), None)).collect();
        let heard = heard(&reports);
        for topic in TOPICS {
            let Heard { values, flags, silent, unflagged, .. } = heard[topic.key];
            assert!(values > 0 && flags > 0 && unflagged > 0, "{today}: {} {:?}", topic.key, heard[topic.key]);
            // A customer without a mail in the year is not told of, so that a year always has its number.
            assert!(silent > 0 || topic.key == "year", "{today}: {} always has a value", topic.key);
        }
        let withheld: usize = heard.values().map(|one| one.withheld).sum();
        assert!(withheld > 0, "{today}: nothing is withheld");
        let latest = reports.first().expect("yesterday's");
        let flagged = |relationship: &Value, key: &str| relationship["measures"][key]["flagged"] == true;
        for key in ["silence", "money_only"] {
            let told = customers(latest).iter().any(|one| flagged(one, key));
            assert!(told, "{today}: yesterday's page says nothing of {key}");
        }
    }
}

#[test]
fn what_measures_said_before_is_what_the_report_of_that_day_says() {
    let demonstration = Demonstration::laid_out(TODAYS[0]);
    let ends = report::history::ends(demonstration.before(1));
    let then: BTreeMap<String, Value> =
        ends.iter().map(|day| (day.to_string(), demonstration.report(*day, None))).collect();
    let mut compared = 0;
    for told in customers(&demonstration.report(demonstration.before(1), None)) {
        let id = told["customer"].as_str().expect("an id");
        let own = demonstration.report(demonstration.before(1), Some(id));
        let own = customers(&own).iter().find(|one| one["customer"] == id).expect("the customer's own report");
        for topic in TOPICS {
            let (day, own) = (&told["measures"][topic.key], &own["measures"][topic.key]);
            assert!(day.get("earlier").is_none(), "no history on a day's page");
            assert_eq!((&own["value"], &own["n"]), (&day["value"], &day["n"]), "{id}: {}", topic.key);
            for point in own["earlier"].as_array().into_iter().flatten() {
                let end = &then[point["date"].as_str().expect("a day")];
                let said = customers(end).iter().find(|one| one["customer"] == id).expect("told of then");
                let said = &said["measures"][topic.key];
                assert_eq!((&point["value"], &point["n"]), (&said["value"], &said["n"]), "{id}: {} {point}", topic.key);
                assert_eq!(point["withheld"] == true, said["withheld"] == true, "{id}: {}", topic.key);
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}
