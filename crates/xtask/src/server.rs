//! Checks the example `headless`: an hour of a simulated exhibition as fast as it can be computed, without growing, and the end on
//! SIGTERM.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The hour, in seconds of the app's time; a report comes every minute.
const HOUR: &str = "3600";
const MINUTES: usize = 60;
/// After these minutes all buffers have their size.
const WARM_UP: usize = 10;
/// The memory that may come on top in the rest of the hour, in bytes: the allocator keeps some pieces.
const MOST_GROWTH: u64 = 8_000_000;

/// Runs the program twice; `program` has the environment that examples need.
pub(crate) fn check(mut program: Command) -> Result<(), String> {
    let start = Instant::now();
    let output = program
        .args(["--fast", "--json", "--seconds", HOUR])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("it ended with {}", output.status));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let reports: Vec<&str> = said.lines().collect();
    if reports.len() < MINUTES {
        return Err(format!("{} reports in {MINUTES} minutes", reports.len()));
    }
    let came = number(reports[reports.len() - 1], "came").unwrap_or(0);
    if came < 50 {
        return Err(format!("only {came} people came in an hour"));
    }
    if reports
        .iter()
        .all(|report| number(report, "people") == Some(0))
    {
        return Err("nobody was counted".to_owned());
    }
    let memory: Vec<u64> = reports
        .iter()
        .filter_map(|report| number(report, "memory_bytes"))
        .collect();
    // Known on Linux only.
    if let (Some(&warm), Some(&last)) = (memory.get(WARM_UP), memory.last()) {
        println!(
            "an hour in {:.0} s; {came} people came; memory after {WARM_UP} minutes {:.1} MB, at the end {:.1} MB",
            start.elapsed().as_secs_f64(),
            warm as f64 / 1e6,
            last as f64 / 1e6
        );
        if last > warm + MOST_GROWTH {
            return Err(format!("its memory grew from {warm} to {last} bytes"));
        }
    }
    if cfg!(unix) {
        ends_on_sigterm(program)?;
    }
    Ok(())
}

/// The number with that name in a line of JSON. A JSON library would take longer to build than this program.
fn number(json: &str, name: &str) -> Option<u64> {
    let key = format!("\"{name}\":");
    let value = json.split(&key).nth(1)?;
    let end = value.find([',', '}'])?;
    value[..end].trim().parse().ok()
}

/// Starts the program, waits for its first report and asks it to end.
fn ends_on_sigterm(program: Command) -> Result<(), String> {
    let mut again = Command::new(program.get_program());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            again.env(name, value);
        }
    }
    if let Some(folder) = program.get_current_dir() {
        again.current_dir(folder);
    }
    let mut server = again
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let mut first = String::new();
    let mut lines = server.stdout.take().map(BufReader::new);
    if let Some(lines) = &mut lines {
        lines
            .read_line(&mut first)
            .map_err(|error| format!("it says nothing: {error}"))?;
    }
    let asked = Command::new("kill")
        .args(["-TERM", &server.id().to_string()])
        .status();
    if !asked.is_ok_and(|status| status.success()) {
        let _ = server.kill();
        let _ = server.wait();
        return Err("SIGTERM cannot be sent".to_owned());
    }
    let last = lines.and_then(|lines| lines.lines().map_while(Result::ok).last());
    let status = server
        .wait()
        .map_err(|error| format!("its end is not known: {error}"))?;
    println!(
        "first: {}\nlast:  {}",
        first.trim(),
        last.unwrap_or_default()
    );
    if status.success() && first.contains("people") {
        Ok(())
    } else {
        Err(format!("on SIGTERM it ended with {status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_found_by_name() {
        let report = r#"{"came":12,"memory_bytes":84736000,"problem":null,"people":3}"#;
        assert_eq!(number(report, "came"), Some(12));
        assert_eq!(number(report, "people"), Some(3));
        assert_eq!(number(report, "problem"), None);
        assert_eq!(number(report, "left"), None);
    }
}
