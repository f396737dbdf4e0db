//! Who reaches a relationship goes in; a sentence comes out.

use super::notes::{first_of, kind};
use crate::reach::{Level, PlacedCall, Reached, ReachingCall};

/// How many calls are named.
const MOST_NAMED: usize = 3;

/// In words that begin a sentence.
pub(super) fn told(reached: &Reached) -> String {
    match reached.level {
        Level::Raises => {
            let reads = first_of(&reached.reads, MOST_NAMED, |read| {
                format!("{} expires what `{}` ({}) reads", named(&read.call), read.text, read.place)
            });
            format!("raises today: {reads}: MissingGreenlet, where nothing has loaded it again")
        }
        Level::Reached => {
            let calls = first_of(&reached.calls, MOST_NAMED, shown);
            format!("reached by {calls}: what is loaded of it is expired there")
        }
        Level::Unknown => format!("perhaps reached{}", open(reached)),
        Level::Dormant => format!("reached by nothing: {}", missing(reached)),
    }
}

/// What the calls are that were looked at, none of which is known to reach it.
fn missing(reached: &Reached) -> String {
    let by_product = match (reached.looked_at, reached.looked_at - reached.open_in_tests) {
        (0, _) => return "no whole object is refreshed or expired in the repository".to_owned(),
        (_, 0) => "no call of the product refreshes or expires a whole object".to_owned(),
        (_, 1) => "the one call that refreshes or expires a whole object is not given one that leads to it".to_owned(),
        (_, number) => {
            format!("none of the {number} calls that refresh or expire a whole object is given one that leads to it")
        }
    };
    match reached.open_in_tests {
        0 => by_product,
        1 => format!("{by_product}; the object of 1 call in tests is not known"),
        more => format!("{by_product}; the objects of {more} calls in tests are not known"),
    }
}

/// `await session.refresh(group)` (app/groups.py:41), by way of Customer.orders
fn shown(reaching: &ReachingCall) -> String {
    let through = match reaching.through.as_slice() {
        [] => String::new(),
        through => format!(" by way of {}", through.join(" and ")),
    };
    format!("{}{through}", named(&reaching.call))
}

fn named(call: &PlacedCall) -> String {
    let of = if call.is_test { format!(", in {}", kind(std::slice::from_ref(&call.place))) } else { String::new() };
    format!("`{}` ({}{of})", call.call.written, call.place)
}

/// What may reach it, and why that can't be told.
fn open(reached: &Reached) -> String {
    let first = reached.open.first().map(|(call, why)| {
        let others = match reached.open.len() - 1 {
            0 => String::new(),
            1 => "; 1 other call may reach it too".to_owned(),
            more => format!("; {more} other calls may reach it too"),
        };
        format!(" by {}: {why}{others}", named(call))
    });
    let sign = if first.is_some() { ";" } else { ":" };
    let elsewhere =
        || format!("{sign} any object may be refreshed by {}", first_of(&reached.elsewhere, MOST_NAMED, String::clone));
    let elsewhere = if reached.elsewhere.is_empty() { String::new() } else { elsewhere() };
    first.unwrap_or_default() + &elsewhere
}

/// The first call that detaches objects with one that has the relationship, or may, in words that begin a sentence; None where none does.
pub(super) fn detaching(detached: &Reached) -> Option<String> {
    if let Some(first) = detached.calls.first() {
        return Some(match detached.calls.len() - 1 {
            0 => format!("{} detaches objects with it", shown(first)),
            more => format!("{} and {more} more detach objects with it", shown(first)),
        });
    }
    let (call, why) = detached.open.first()?;
    Some(format!("{} may detach objects with it: {why}", named(call)))
}
