//! Starts what the first argument names.

fn main() -> std::io::Result<()> {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == "parse-worker") {
        return touchbase::worker::serve();
    }
    Ok(())
}
