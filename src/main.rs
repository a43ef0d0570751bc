//! `touchbase`: parse the command line, run it, print the failure, end with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    match touchbase::cli::run(std::env::args_os()) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            failure.code()
        }
    }
}
