//! The pages people read, from fixed facts: what they say, that they say it the same each time, and
//! that nothing a stranger wrote becomes part of a page.

#[path = "report/fixture.rs"]
mod fixture;
#[path = "report/golden.rs"]
mod golden;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/said.rs"]
mod said;
#[path = "report/self_contained.rs"]
mod self_contained;
#[path = "report/told.rs"]
mod told;
#[path = "report/worlds.rs"]
mod worlds;
