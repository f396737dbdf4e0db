//! A long-running closure goes in; how many files it has read, or what it does, is shown on stderr while it runs, if that takes a while.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A run that is over by then shows nothing.
const DELAY: Duration = Duration::from_millis(500);
const INTERVAL: Duration = Duration::from_millis(80);

/// Runs `work`, which counts its files, and shows the count where `shown` says so.
pub(super) fn shown_while<T>(shown: bool, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let counter = AtomicUsize::new(0);
    let count = |bar: &ProgressBar| bar.set_position(counter.load(Ordering::Relaxed) as u64);
    spinning(shown, style("{spinner} {human_pos} files checked"), count, || work(&counter))
}

/// Runs `work`, and shows what is done and for how long where `shown` says so.
pub(super) fn told_while<T>(shown: bool, what: String, work: impl FnOnce() -> T) -> T {
    let tell = |bar: &ProgressBar| bar.set_message(what.clone());
    spinning(shown, style("{spinner} {elapsed} {wide_msg}"), tell, work)
}

fn spinning<T>(shown: bool, style: ProgressStyle, tell: impl Fn(&ProgressBar) + Send, work: impl FnOnce() -> T) -> T {
    if !shown {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(move || {
            if is_done.recv_timeout(DELAY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_style(style);
            while is_done.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                tell(&bar);
                bar.tick();
            }
            bar.finish_and_clear();
        });
        let result = work();
        drop(done);
        result
    })
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
