//! Standard input goes in, a line of JSON for each file; the lines that answer go out.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context;

use super::args::{Judging, Means, StreamArguments};
use super::{CLEAN, start_threads, working_directory};
use crate::settings::{Lookup, SettingsSource};
use crate::stream::{self, Line, MOST_OF_LINE, Stream};

/// The most lines that are answered together.
const MOST_LINES: usize = 256;
/// The most bytes of them.
const MOST_BYTES: usize = 16 << 20;
/// The most lines that wait to be answered.
const MOST_WAITING: usize = 16;

pub(super) fn stream(options: &StreamArguments, judging: &Judging, means: &Means) -> anyhow::Result<u8> {
    start_threads(means.threads)?;
    let place = options.config.clone().map_or(SettingsSource::Isolated, SettingsSource::File);
    let settings = Lookup::new(judging.overrides(means), &place, &working_directory()?)?;
    let StreamArguments { fix, .. } = *options;
    let options = stream::StreamOptions { fix, unsafe_fixes: judging.unsafe_fixes, threads: means.threads };
    let mut stream = Stream::new(settings, options).context("can't make a temporary folder")?;
    let (sender, lines) = sync_channel(MOST_WAITING);
    let reader = thread::spawn(move || read_lines(&mut io::stdin().lock(), &sender));
    let mut out = io::BufWriter::new(io::stdout().lock());
    while let Some(together) = next(&lines) {
        stream.take(together, &mut out).context("can't answer")?;
    }
    stream.finish(&mut out).context("can't answer")?;
    reader.join().unwrap_or_else(|_| Err(io::Error::other("its reader ended"))).context("can't read standard input")?;
    Ok(CLEAN)
}

/// The lines that are there by now, at least one; None at the end.
fn next(lines: &Receiver<Line>) -> Option<Vec<Line>> {
    let mut together = vec![lines.recv().ok()?];
    let length = |line: &Line| line.bytes.as_ref().map_or(0, Vec::len);
    let mut bytes = length(&together[0]);
    while together.len() < MOST_LINES && bytes < MOST_BYTES {
        let Ok(line) = lines.try_recv() else { break };
        bytes += length(&line);
        together.push(line);
    }
    Some(together)
}

fn read_lines(input: &mut dyn BufRead, lines: &SyncSender<Line>) -> io::Result<()> {
    for number in 1.. {
        let Some(bytes) = read_line(input)? else { break };
        if lines.send(Line { number, bytes }).is_err() {
            break;
        }
    }
    Ok(())
}

/// A line without its end, or None within where it is too long; None at the end.
fn read_line(input: &mut dyn BufRead) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut line = Vec::new();
    if input.take(MOST_OF_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > MOST_OF_LINE {
        input.skip_until(b'\n')?;
        return Ok(Some(None));
    }
    Ok(Some(Some(line)))
}
