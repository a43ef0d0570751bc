//! Whole files against the ones we looked at (tests/golden); `INSTA_UPDATE=always` writes them anew.

use crate::fixture::{World, first_day, flood, quiet, usual};

fn compare(name: &str, world: &World) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in world.files() {
            let snapshot = format!("report-{name}-{}", file.path.replace('/', "-"));
            insta::assert_snapshot!(snapshot, file.content);
        }
    });
}

#[test]
fn a_usual_day_reads_as_it_did() {
    compare("usual", &usual());
}

#[test]
fn a_quiet_day_reads_as_it_did() {
    let mut quiet = quiet();
    quiet.customers.truncate(1);
    compare("quiet", &quiet);
}

#[test]
fn the_first_day_reads_as_it_did() {
    compare("first", &first_day());
}

#[test]
fn the_same_facts_in_another_order_give_the_same_bytes() {
    let world = usual();
    let mut shuffled = usual();
    shuffled.recorded.reverse();
    shuffled.customers.reverse();
    assert_eq!(world.files().iter().take(3).collect::<Vec<_>>(), shuffled.files().iter().take(3).collect::<Vec<_>>());
}

#[test]
fn a_flood_is_cut_with_how_many_more_and_where() {
    let files = flood().files();
    let day = &files[0].content;
    assert!(day.contains("and 4 more"), "exchanges of one customer");
    assert!(day.contains("touchbase unmatched list"), "strangers");
    assert!(day.len() < 700_000, "{}", day.len());
}

/// The pages on disk, for a browser to look at.
#[test]
fn pages_are_laid_out_for_a_browser() {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    for (name, world) in [("usual", usual()), ("quiet", quiet()), ("first", first_day()), ("flood", flood())] {
        let settings = touchbase::publish::Settings { directory: root.join(name) };
        touchbase::publish::publish(&settings, &world.files()).unwrap();
    }
}
