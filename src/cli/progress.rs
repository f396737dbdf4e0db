//! A long-running closure goes in; a count of files is shown on stderr while it runs, if that takes a while.

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
    if !shown {
        return work(&counter);
    }
    std::thread::scope(|scope| {
        let (done, is_done) = channel::<()>();
        scope.spawn(|| {
            let is_done = is_done;
            if is_done.recv_timeout(DELAY) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_style(style());
            while is_done.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                bar.set_position(counter.load(Ordering::Relaxed) as u64);
                bar.tick();
            }
            bar.finish_and_clear();
        });
        let result = work(&counter);
        drop(done);
        result
    })
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {human_pos} files checked")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}
