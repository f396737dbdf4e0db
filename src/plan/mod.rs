//! The verdicts on all sites go in; where to edit comes out: a literal in place, a shared definition once, or a literal of its own at
//! each site.

mod edits;
mod uses;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::module::Location;
use crate::policy::{Note, Rewrite, effective, first_of};
use crate::resolve::{Alternative, Step};
use crate::rewrite::{self, Edit};
use crate::site::{Reading, Recipient, Site};
use crate::source::Source;
use crate::sqlalchemy::cascade::CascadeOptions;
use crate::usage::{Picked, Usages};

pub use edits::Planned;
use edits::{in_file, is_expression, options_of, proven, tried};
use foldhash::{HashMap, HashSet};

/// How many uses of a definition a note names.
const MOST_NAMED: usize = 20;

/// What the edits need to know of files.
pub trait Files: Sync {
    /// The text of a file.
    fn source(&self, path: &Path) -> Option<Arc<Source>>;
    /// Whether the file is one of those under check.
    fn is_checked(&self, path: &Path) -> bool;
    /// A place as reports show it: `path:line:column`.
    fn shown(&self, location: &Location) -> String;
    /// Whether the annotation of what is bound there, or of what a literal is bound to, names the value.
    fn is_typed(&self, at: &Location) -> bool;
    /// Why the literal of a constant can't become another: its type, its class or its Enum is tied to it.
    fn tied(&self, literal: &Location, after: CascadeOptions) -> Option<String>;
    /// What a walrus around a value binds to it.
    fn bound_in_passing(&self, value: &Location) -> Option<Passing>;
}

/// `(name := value)` in an expression.
#[derive(Debug, Clone)]
pub struct Passing {
    /// The name.
    pub name: String,
    /// The whole.
    pub expression: Location,
    /// Where else in the file the name stands.
    pub others: Vec<Location>,
}

/// Where a shared literal is changed.
#[derive(Debug, Clone)]
enum ChangedAt {
    /// Where it is written.
    Definition,
    /// It stays; each site gets a literal of its own. Why, in a sentence.
    Sites(String),
    /// It can't be changed from here, and why.
    OutOfReach(String),
}

/// One alternative of a site that a literal gives.
struct Use<'a> {
    site: &'a Site,
    alternative: &'a Alternative,
    /// What is to be in force afterwards.
    after: CascadeOptions,
    /// That is to be written.
    is_changed: bool,
}

/// A definition, the keys of the item that is read of it, and whether that is a dictionary that a call gets.
type OtherUsesKey = (Location, Vec<String>, bool);

/// Plans the edits of all sites of a run.
pub struct Planner<'a> {
    files: &'a dyn Files,
    usages: &'a Usages,
    /// Where the sites read each definition: by its place, the mentions, in order.
    consumed: HashMap<&'a Location, Vec<&'a Location>>,
    /// The values of all sites of which they are known, in order: of what is not known nothing is wanted.
    values: Vec<&'a Location>,
    /// Those that are several sites, of which different lists are wanted.
    split: HashSet<&'a Location>,
    /// By where it is written.
    places: HashMap<&'a Location, ChangedAt>,
    /// The sites that get each literal.
    uses: HashMap<&'a Location, Vec<&'a Location>>,
    /// What else is done with what steps that were asked for read.
    other_uses: Mutex<HashMap<OtherUsesKey, Option<ChangedAt>>>,
    /// By whether a definition is that of a dictionary: what does something else with it, whatever the item.
    others: Picked<'a>,
    /// The effective sets of literals, by their text: most sites have one of a few.
    options: Mutex<HashMap<String, Option<CascadeOptions>>>,
}

impl<'a> Planner<'a> {
    /// Looks at all sites with what is to be written there.
    pub fn new(sites: &[(&'a Site, &Option<Rewrite>)], usages: &'a Usages, files: &'a dyn Files) -> Self {
        let known = sites.iter().filter(|(site, _)| site.value.is_ok());
        let mut values: Vec<&Location> = known.map(|(site, _)| &site.at).collect();
        values.sort();
        let mut planner = Self {
            files,
            usages,
            values,
            split: split(sites),
            consumed: consumed(sites),
            places: HashMap::default(),
            uses: HashMap::default(),
            other_uses: Mutex::default(),
            others: Picked::default(),
            options: Mutex::default(),
        };
        for (literal, uses) in uses_by_literal(sites) {
            if uses.iter().any(|one| one.is_changed) {
                let place = planner.place_of(literal, &uses);
                planner.places.insert(literal, place);
                let mut sites: Vec<&Location> = uses.iter().map(|one| &one.site.at).collect();
                sites.sort();
                sites.dedup();
                planner.uses.insert(literal, sites);
            }
        }
        planner
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<OtherUsesKey, Option<ChangedAt>>> {
        self.other_uses.lock()
    }

    /// The edits of a site that is to be rewritten.
    ///
    /// # Errors
    /// Why a human has to write them, in words that complete "write … by hand: …".
    pub fn plan(&self, site: &Site, rewrite: &Rewrite) -> Result<Planned, String> {
        let mut planned = self.plan_value(site, rewrite)?;
        if let (Some(lazy), Some(binding)) = (rewrite.lazy, &site.binding) {
            let source = self.source(&site.at.path)?;
            let edit = rewrite::beside(&source, binding, "lazy", lazy.name());
            planned.edits.extend(in_file(&site.at.path, vec![edit]));
        }
        Ok(planned)
    }

    fn plan_value(&self, site: &Site, rewrite: &Rewrite) -> Result<Planned, String> {
        if let Some(flag) = &site.flag {
            if rewrite.each.iter().any(Option::is_none) {
                return Err("the flag is not always set".to_owned());
            }
            let source = self.source(&site.at.path)?;
            let edits = rewrite::override_flag(&source, &site.call.range(), flag, rewrite.after)?;
            let tried = tried(&source, &site.call.range(), &edits).and_then(|text| site.options_of_flag_in(&text));
            let edits = proven(edits, tried, rewrite.after)?;
            return Ok(Planned { edits: in_file(&site.at.path, edits), notes: Vec::new() });
        }
        if let Some(planned) = self.own_dictionaries(site, rewrite)? {
            return Ok(planned);
        }
        let alternatives = &site.value.as_ref().map_err(|unknown| unknown.reason.clone())?.alternatives;
        let mut planned = Planned::default();
        for (alternative, after) in alternatives.iter().zip(&rewrite.each) {
            let Some(after) = after else { continue };
            let written = &alternative.written;
            match self.places.get(&written.at) {
                Some(ChangedAt::Definition) | None => {
                    planned.add(self.at_definition(site, alternative, *after)?);
                }
                Some(ChangedAt::Sites(why)) => {
                    planned.add(self.at_site(site, alternatives, rewrite, &alternative.here)?);
                    planned.note(Note::of_form(why.as_str()));
                }
                Some(ChangedAt::OutOfReach(why)) => return Err(why.clone()),
            }
        }
        Ok(planned)
    }

    /// The literal changed where it is written.
    fn at_definition(&self, site: &Site, alternative: &Alternative, after: CascadeOptions) -> Result<Planned, String> {
        let written = &alternative.written;
        let source = self.source(&written.at.path)?;
        if source.is_masked(&written.literal.span) {
            return Err(format!("{} is filled in by a template", self.files.shown(&written.at)));
        }
        let edits = rewrite::edits(&source, &written.literal, after)?;
        let options = tried(&source, &written.literal.span, &edits).and_then(|text| {
            let mut known = self.options.lock();
            *known.entry(text).or_insert_with_key(|text| options_of(text))
        });
        let options = options.map(|options| if site.viewonly { options.of_viewonly() } else { options });
        let mut planned =
            Planned { edits: in_file(&written.at.path, proven(edits, options, after)?), notes: Vec::new() };
        if let Some(step) = alternative.steps.last() {
            planned.note(Note::of_form(self.uses_of(step, &written.at)));
        }
        Ok(planned)
    }

    /// `X` is changed where it is defined, …
    fn uses_of(&self, step: &Step, literal: &Location) -> String {
        let uses = self.uses.get(literal).map(Vec::as_slice).unwrap_or_default();
        let named = first_of(uses, MOST_NAMED, |at| self.files.shown(at));
        let defined = self.files.shown(&step.definition);
        format!("`{}` is changed where it is defined, {defined}; it is used at {named}", step.name)
    }

    /// A literal in place of the part of the site's value that gives the alternative.
    fn at_site(
        &self,
        site: &Site,
        alternatives: &[Alternative],
        rewrite: &Rewrite,
        here: &Range<usize>,
    ) -> Result<Planned, String> {
        let together: Vec<_> = alternatives.iter().zip(&rewrite.each).filter(|(one, _)| one.here == *here).collect();
        let is_handed_in = site.value.as_ref().is_ok_and(|value| !value.arguments.is_empty());
        let after = |(one, after): &(&Alternative, &Option<CascadeOptions>)| {
            after.unwrap_or_else(|| effective(&one.value, site.viewonly))
        };
        let wanted = after(&together[0]);
        if is_handed_in || together.iter().any(|one| after(one) != wanted) {
            let first = together[0].0.steps.first().map_or("", |step| step.name.as_str());
            return Err(match first {
                "" => "it can be one of several lists, and a part of it is used for something else too".to_owned(),
                name => format!("`{name}` has several values, and one of them is used for something else too"),
            });
        }
        let source = self.source(&site.at.path)?;
        if source.text()[here.clone()].contains('#') {
            return Err("a comment stands inside it".to_owned());
        }
        let edit = Edit { range: here.clone(), text: rewrite::literal_like(&source, &site.call.range(), wanted) };
        Ok(Planned { edits: in_file(&site.at.path, vec![edit]), notes: Vec::new() })
    }

    /// A dictionary of its own for each call, where the shared one is used for something else too.
    fn own_dictionaries(&self, site: &Site, rewrite: &Rewrite) -> Result<Option<Planned>, String> {
        let Some(why) = self.reason_to_stay(site)? else { return Ok(None) };
        let gives_cascade_itself = site.recipients.iter().any(|given| given.at == site.at);
        let wants_several = rewrite.each.iter().any(|after| *after != Some(rewrite.after));
        if gives_cascade_itself || wants_several || site.recipients.iter().any(|given| !given.is_sole) {
            return Err(why);
        }
        let mut planned = Planned::default();
        for Recipient { at: given, .. } in &site.recipients {
            if !self.files.is_checked(&given.path) {
                return Err(format!("{} gets it too, outside of the files under check", self.files.shown(given)));
            }
            let source = self.source(&given.path)?;
            let edit = rewrite::own_dictionary(&source, &given.range(), rewrite.after);
            if !is_expression(&edit.text) {
                return Err(why);
            }
            planned.edits.extend(in_file(&given.path, vec![edit]));
        }
        planned.note(Note::of_form(why));
        Ok(Some(planned))
    }

    /// Why the value of a site stays as it is; None where it may be changed.
    ///
    /// # Errors
    /// Why the calls that get it can't have one of their own either.
    fn reason_to_stay(&self, site: &Site) -> Result<Option<String>, String> {
        if let Some(reading) = read(site) {
            return Err(self.read_by(reading));
        }
        let mut steps = site.recipients.iter().flat_map(|given| &given.steps);
        match steps.find_map(|step| self.other_use(step, true)).or_else(|| self.stays(site)) {
            Some(ChangedAt::OutOfReach(why)) => return Err(why),
            Some(ChangedAt::Sites(why)) => return Ok(Some(why)),
            Some(ChangedAt::Definition) => return Ok(None),
            None => {}
        }
        let shown = || self.files.shown(&site.at);
        if self.split.contains(&site.at) {
            return Ok(Some(format!("the value at {} stays: the calls that get it want different lists", shown())));
        }
        let has_name = site.recipients.iter().any(|given| !given.steps.is_empty());
        if has_name && self.files.is_typed(&site.at) {
            return Ok(Some(format!("the value at {} stays: its annotation names it", shown())));
        }
        if self.files.is_checked(&site.at.path) { Ok(None) } else { Err(out_of_check("it stands", &shown())) }
    }

    /// Why the literals at a site itself can't be changed there, where one is used from elsewhere too.
    fn stays(&self, site: &Site) -> Option<ChangedAt> {
        let alternatives = &site.value.as_ref().ok()?.alternatives;
        let is_split = self.split.contains(&site.at);
        let own = alternatives.iter().filter(|one| !is_split && one.written.at == site.at.part(&one.here));
        own.filter_map(|one| self.places.get(&one.written.at))
            .find(|place| !matches!(place, ChangedAt::Definition))
            .cloned()
    }

    fn source(&self, path: &Path) -> Result<Arc<Source>, String> {
        self.files.source(path).ok_or_else(|| format!("{} can't be read", path.display()))
    }
}

/// Where a function that gets a site's value does something else with it.
fn read(site: &Site) -> Option<&Reading> {
    site.recipients.iter().find_map(|given| given.reading.as_ref())
}

/// Why what stands at a place can't be changed from here.
fn out_of_check(stands: &str, place: &str) -> String {
    format!("{stands} at {place}, outside of the files under check; name that file beside this one")
}

/// Where the sites read each definition: by its place, the mentions, in order.
fn consumed<'a>(sites: &[(&'a Site, &Option<Rewrite>)]) -> HashMap<&'a Location, Vec<&'a Location>> {
    let mut consumed: HashMap<&Location, Vec<&Location>> = HashMap::default();
    for (site, _) in sites {
        let Ok(value) = &site.value else { continue };
        let of_dictionaries = site.recipients.iter().flat_map(|given| &given.steps);
        for step in value.alternatives.iter().flat_map(|alternative| &alternative.steps).chain(of_dictionaries) {
            for definition in step.enumeration.iter().chain([&step.definition]) {
                consumed.entry(definition).or_default().push(&step.mention);
            }
        }
    }
    consumed.values_mut().for_each(|reads| reads.sort());
    consumed
}

/// What the sites want of each literal that gives an alternative of theirs.
fn uses_by_literal<'a>(sites: &[(&'a Site, &Option<Rewrite>)]) -> HashMap<&'a Location, Vec<Use<'a>>> {
    let mut by_literal: HashMap<&Location, Vec<Use<'_>>> = HashMap::default();
    for (site, rewrite) in sites {
        let Ok(value) = &site.value else { continue };
        let each = rewrite.as_ref().map(|rewrite| rewrite.each.as_slice()).unwrap_or_default();
        for (index, alternative) in value.alternatives.iter().enumerate() {
            let wanted = each.get(index).copied().flatten();
            let after = wanted.unwrap_or_else(|| effective(&alternative.value, site.viewonly));
            let one = Use { site, alternative, after, is_changed: wanted.is_some() };
            by_literal.entry(&alternative.written.at).or_default().push(one);
        }
    }
    by_literal
}

/// The values that are several sites, of which different lists are wanted. The sites are in order.
fn split<'a>(sites: &[(&'a Site, &Option<Rewrite>)]) -> HashSet<&'a Location> {
    let each = |rewrite: &Option<Rewrite>| rewrite.as_ref().map(|rewrite| rewrite.each.clone());
    let pairs = sites.iter().zip(sites.iter().skip(1));
    let differing = pairs.filter(|((one, first), (other, second))| one.at == other.at && each(first) != each(second));
    differing.map(|((site, _), _)| &site.at).collect()
}
