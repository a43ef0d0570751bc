//! `touchbase`: parse the command line, run it, print the failure, end with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    if let Ok(wish) = std::env::var("TOUCHBASE_FAILPOINT") {
        touchbase::failpoint::arm(&wish);
    }
    match touchbase::cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(failure) => {
            touchbase::logs::tell(&failure);
            failure.code()
        }
    }
}
