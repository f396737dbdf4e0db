//! A command goes in; how it ended comes out. Nothing that it started outlives it.

use std::process::{Child, Command, ExitStatus};
#[cfg(unix)]
use std::sync::{
    Arc, LazyLock, Mutex, MutexGuard, PoisonError,
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
            let status = self.leader.wait_timeout(TURN.min(left)).context("can't wait for a process")?;
            let ended = status.map(Ended::With).or_else(|| left.is_zero().then_some(Ended::TimedOut(timeout)));
            if ended.is_some() || self.is_interrupted() {
                self.kill();
                return ended.context("interrupted");
            }
        }
    }

    #[cfg(unix)]
    fn is_interrupted(&self) -> bool {
        self.interrupted.0.load(Relaxed)
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

/// Ctrl-C reaches groups of their own only through this process, which goes on until they are ended.
#[cfg(unix)]
struct Interrupted(Arc<AtomicBool>);

/// What was registered for signals, which replaces their default for the rest of the process.
#[cfg(unix)]
#[derive(Default)]
struct Signals {
    is_registered: bool,
    flag: Arc<AtomicBool>,
    /// No group runs: signals do what they do by default.
    is_idle: Arc<AtomicBool>,
    groups: usize,
}

#[cfg(unix)]
impl Signals {
    fn of_process() -> MutexGuard<'static, Self> {
        static SIGNALS: LazyLock<Mutex<Signals>> = LazyLock::new(Mutex::default);
        SIGNALS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&mut self) -> anyhow::Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_conditional_default(signal, self.is_idle.clone())
                .and_then(|_| signal_hook::flag::register(signal, self.flag.clone()))
                .context("can't listen to signals")?;
        }
        self.is_registered = true;
        Ok(())
    }
}

#[cfg(unix)]
impl Interrupted {
    fn listen() -> anyhow::Result<Self> {
        let mut signals = Signals::of_process();
        if !signals.is_registered {
            signals.register()?;
        }
        signals.groups += 1;
        signals.is_idle.store(false, Relaxed);
        Ok(Self(signals.flag.clone()))
    }
}

#[cfg(unix)]
impl Drop for Interrupted {
    fn drop(&mut self) {
        let mut signals = Signals::of_process();
        signals.groups -= 1;
        signals.is_idle.store(signals.groups == 0, Relaxed);
    }
}
