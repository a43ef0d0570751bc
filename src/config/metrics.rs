//! `[metrics]`: whether and where other programs find figures.

use std::path::PathBuf;

use super::places::Places;
use super::section::{Fault, Section};
use super::value;

/// `[metrics]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metrics {
    /// The file for node_exporter's textfile collector, absolute; `None`: no figures.
    pub textfile: Option<PathBuf>,
}

pub(super) fn read(mut section: Section<'_>, places: &Places) -> Metrics {
    let textfile = section.get("textfile", |v| {
        let path = value::text(v)?;
        match path.ends_with(".prom") {
            true => Ok(places.writing(path)),
            false => Err(Fault::new("would not be read by node_exporter").hint("a name ending in .prom")),
        }
    });
    section.close();
    Metrics { textfile }
}
