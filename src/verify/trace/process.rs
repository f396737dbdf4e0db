//! A command goes in; how it ended comes out. Nothing that it started outlives it.

use std::process::{Child, Command, ExitStatus};
#[cfg(unix)]
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use std::time::{Duration, Instant};

use anyhow::Context;
use wait_timeout::ChildExt;

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

/// A process and all that it starts.
pub(super) struct Group {
    leader: Child,
    #[cfg(unix)]
    interrupted: Interrupted,
}

impl Group {
    pub(super) fn start(command: &mut Command) -> anyhow::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self {
            #[cfg(unix)]
            interrupted: Interrupted::listen()?,
            leader: command.spawn()?,
        })
    }

    /// Waits for the end of the process, for so long at most, and ends what it has left running.
    ///
    /// # Errors
    /// Someone interrupts.
    pub(super) fn wait(mut self, timeout: Duration) -> anyhow::Result<Ended> {
        const TURN: Duration = Duration::from_millis(100);
        let began = Instant::now();
        loop {
            let left = timeout.saturating_sub(began.elapsed());
            let status = self.leader.wait_timeout(TURN.min(left)).context("can't wait for the command of --trace")?;
            let ended = status.map(Ended::With).or_else(|| left.is_zero().then_some(Ended::TimedOut(timeout)));
            if ended.is_some() || self.is_interrupted() {
                self.kill();
                return ended.context("interrupted");
            }
        }
    }

    #[cfg(unix)]
    fn is_interrupted(&self) -> bool {
        self.interrupted.flag.load(Relaxed)
    }

    #[cfg(not(unix))]
    fn is_interrupted(&self) -> bool {
        false
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

/// Ctrl-C reaches a group of its own only through this process, which goes on until that is ended.
#[cfg(unix)]
struct Interrupted {
    flag: Arc<AtomicBool>,
    /// No command runs: signals do what they do by default.
    is_idle: Arc<AtomicBool>,
}

#[cfg(unix)]
impl Interrupted {
    fn listen() -> anyhow::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        // what is registered once replaces the default for the rest of the process
        static IS_IDLE: OnceLock<Arc<AtomicBool>> = OnceLock::new();
        static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
        let is_first = FLAG.get().is_none();
        let this =
            Self { flag: FLAG.get_or_init(Arc::default).clone(), is_idle: IS_IDLE.get_or_init(Arc::default).clone() };
        this.is_idle.store(false, Relaxed);
        for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|_| is_first) {
            signal_hook::flag::register_conditional_default(signal, this.is_idle.clone())
                .and_then(|_| signal_hook::flag::register(signal, this.flag.clone()))
                .context("can't listen to signals")?;
        }
        Ok(this)
    }
}

#[cfg(unix)]
impl Drop for Interrupted {
    fn drop(&mut self) {
        self.is_idle.store(true, Relaxed);
    }
}
