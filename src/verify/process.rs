//! A command goes in; how it ended comes out. Nothing that it started outlives it.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use parking_lot::Mutex;
use wait_timeout::ChildExt;

use crate::interruption::Interruption;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself.
    With(ExitStatus),
    /// It was not done in time.
    TimedOut(Duration),
}

impl Ended {
    /// Whether it says that all is well.
    pub fn is_success(self) -> bool {
        matches!(self, Self::With(status) if status.success())
    }

    /// The exit status, where it has one.
    pub fn code(self) -> Option<i32> {
        match self {
            Self::With(status) => status.code(),
            Self::TimedOut(_) => None,
        }
    }

    /// In words.
    pub fn told(self) -> String {
        match self {
            Self::With(status) => match status.code() {
                Some(code) => format!("ended with exit status {code}"),
                None => format!("was ended by {status}"),
            },
            Self::TimedOut(timeout) => format!("was not done after {} s", timeout.as_secs()),
        }
    }

    /// Why that says nothing, and what to do; None where it has run.
    pub fn hindrance(self) -> Option<&'static str> {
        match self {
            // what the shells end with
            Self::With(status) if matches!(status.code(), Some(127 | 9009)) => {
                Some("a program was not found; name it by its path, or its interpreter with --python")
            }
            Self::With(status) if status.code() == Some(126) => Some("a program can't be executed; is it one?"),
            Self::With(_) => None,
            Self::TimedOut(_) => Some("run less, or wait longer: --timeout SECONDS"),
        }
    }
}

/// Runs a command without input: how it ended, and the last lines of what it printed. `what` is said where it can't be started.
///
/// # Errors
/// It can't be started, or someone interrupts.
pub(super) fn run_to_its_end(
    mut command: Command,
    timeout: Duration,
    what: impl FnOnce() -> String,
) -> anyhow::Result<(Ended, VecDeque<String>)> {
    let (reader, writer) = io::pipe().context("can't make a pipe")?;
    command.stdin(Stdio::null()).stdout(writer.try_clone().context("can't make a pipe")?).stderr(writer);
    let group = ProcessGroup::start(&mut command).with_context(what)?;
    // the pipe ends when the last of the processes does
    drop(command);
    let tail = Tail::of(reader);
    let ended = group.wait(timeout)?;
    Ok((ended, tail.lines()))
}

/// A process and all that it starts. Ctrl-C reaches a group of its own only through this process, which goes on until that is ended.
struct ProcessGroup {
    leader: Child,
    interruption: Interruption,
}

impl ProcessGroup {
    fn start(command: &mut Command) -> anyhow::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self { interruption: Interruption::listen().context("can't listen to signals")?, leader: command.spawn()? })
    }

    /// Waits for the end of the process, for so long at most, and ends what it has left running.
    ///
    /// # Errors
    /// Someone interrupts.
    fn wait(mut self, timeout: Duration) -> anyhow::Result<Ended> {
        const TURN: Duration = Duration::from_millis(100);
        let began = Instant::now();
        loop {
            let left = timeout.saturating_sub(began.elapsed());
            let status = self.leader.wait_timeout(TURN.min(left)).context("can't wait for a process")?;
            let ended = status.map(Ended::With).or_else(|| left.is_zero().then_some(Ended::TimedOut(timeout)));
            if ended.is_some() || self.interruption.came() {
                self.kill();
                return ended.context("interrupted");
            }
        }
    }

    /// Ends all that is left of the group, and waits for its leader.
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Ok(leader) = i32::try_from(self.leader.id()) {
            // none may be left
            let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(leader), nix::sys::signal::SIGKILL);
        }
        #[cfg(windows)]
        let _ = Command::new("taskkill").args(["/T", "/F", "/PID", &self.leader.id().to_string()]).output();
        let _ = self.leader.kill();
        let _ = self.leader.wait();
    }
}

/// Keeps the last lines of what is printed.
struct Tail {
    lines: Arc<Mutex<VecDeque<String>>>,
    reading: JoinHandle<()>,
}

impl Tail {
    const MOST_LINES: usize = 40;
    const LONGEST_LINE: u64 = 2000;

    fn of(output: PipeReader) -> Self {
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&lines);
        let reading = std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            while output.by_ref().take(Self::LONGEST_LINE).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                let mut kept = kept.lock();
                kept.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
                if kept.len() > Self::MOST_LINES {
                    kept.pop_front();
                }
                line.clear();
            }
        });
        Self { lines, reading }
    }

    /// The lines so far. A process that left the group may still have the pipe: it is not waited for.
    fn lines(self) -> VecDeque<String> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let began = Instant::now();
        while !self.reading.is_finished() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::mem::take(&mut *self.lines.lock())
    }
}
