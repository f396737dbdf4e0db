//! Ctrl-C and other signals that end a process go in; whether one came goes out, to whoever has something to finish first.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use parking_lot::{Mutex, MutexGuard};

/// As long as there is one, signals do not end the process, but are told of.
pub struct Interruption(Arc<AtomicBool>);

impl Interruption {
    /// Listens to signals.
    ///
    /// # Errors
    /// The system refuses.
    pub fn listen() -> std::io::Result<Self> {
        let mut signals = Signals::of_process();
        if !signals.is_registered {
            signals.register()?;
        }
        signals.listeners += 1;
        signals.is_idle.store(false, Relaxed);
        Ok(Self(signals.flag.clone()))
    }

    /// Whether one came.
    pub fn came(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl Drop for Interruption {
    fn drop(&mut self) {
        let mut signals = Signals::of_process();
        signals.listeners -= 1;
        signals.is_idle.store(signals.listeners == 0, Relaxed);
    }
}

/// What was registered for signals, which replaces their default for the rest of the process.
#[derive(Default)]
struct Signals {
    is_registered: bool,
    flag: Arc<AtomicBool>,
    /// Nobody listens: signals do what they do by default.
    is_idle: Arc<AtomicBool>,
    listeners: usize,
}

impl Signals {
    fn of_process() -> MutexGuard<'static, Self> {
        static SIGNALS: LazyLock<Mutex<Signals>> = LazyLock::new(Mutex::default);
        SIGNALS.lock()
    }

    #[cfg(unix)]
    fn register(&mut self) -> std::io::Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_conditional_default(signal, self.is_idle.clone())?;
            signal_hook::flag::register(signal, self.flag.clone())?;
        }
        self.is_registered = true;
        Ok(())
    }

    #[cfg(not(unix))]
    fn register(&mut self) -> std::io::Result<()> {
        self.is_registered = true;
        Ok(())
    }
}
