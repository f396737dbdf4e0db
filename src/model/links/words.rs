//! A way on which SQLAlchemy comes to expunge an object goes in; it comes out in words.

use petgraph::graph::{EdgeIndex, NodeIndex};

use super::{Doubt, End, Link, Map, Stop, WayStep, Ways};

impl Link {
    /// Where the relationship's cascade stands, in brackets; empty where the relationship has no name and is told by that place anyway.
    pub(super) fn place(&self) -> String {
        if self.name.is_some() { format!(" ({})", self.at) } else { String::new() }
    }

    /// The remark that the cascade of the relationship is not known; empty where it is known.
    pub(super) fn doubt(&self) -> String {
        match (&self.options, &self.name) {
            (Some(_), _) => String::new(),
            (None, Some(_)) => format!(" (its cascade is not known: {})", self.at),
            (None, None) => " (its cascade is not known)".to_owned(),
        }
    }

    /// `Invoice.lines`, or where it stands.
    pub(super) fn told(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("the relationship at {}", self.at))
    }
}

impl Map<'_> {
    /// The way to a stop in words.
    pub(super) fn told(&self, stop: NodeIndex, ways: &Ways) -> String {
        let step = |edge: EdgeIndex| {
            let (from, to) = self.graph.edge_endpoints(edge)?;
            Some((self.graph[edge].0, &self.graph[from], &self.graph[to]))
        };
        let (edges, left_out) = self.edges(stop, ways);
        let steps: Vec<(WayStep, &Stop, &Stop)> = edges.into_iter().filter_map(step).collect();
        let mut words = String::new();
        for (index, (step, from, to)) in steps.iter().enumerate() {
            if left_out == Some(index) {
                words.push_str(" …");
            }
            // of several steps in a row to subclasses, or to bases, only the last one is told
            let is_repeated = steps.get(index + 1).is_some_and(|(next, ..)| next == step);
            if !(is_repeated && matches!(step, WayStep::MayBe | WayStep::Is)) {
                words.push_str(&self.step_in_words(*step, from, to));
            }
        }
        words
    }

    pub(super) fn step_in_words(&self, step: WayStep, from: &Stop, to: &Stop) -> String {
        let is_any = matches!(to, Stop::Object(End::Unknown));
        match step {
            WayStep::Silent => String::new(),
            WayStep::GivesUp(index) => {
                let link = &self.links[index];
                let is = if link.options.is_some() { "is" } else { "may be" };
                let object = match to {
                    Stop::Something => "object".to_owned(),
                    _ if is_any => format!("object of a class that is not known{}", link.place()),
                    _ => self.name_of(to),
                };
                format!("an unsaved {object} that leaves {} {is} expunged{}", link.told(), link.doubt())
            }
            WayStep::LeadsTo(index) => {
                let link = &self.links[index];
                let leads = if link.options.is_some() { "leads" } else { "may lead" };
                let to = if is_any { format!("a class that is not known{}", link.place()) } else { self.name_of(to) };
                format!(", and {} {leads} to {to}{}", link.told(), link.doubt())
            }
            WayStep::MayBe => format!(", which may be {}", with_article(&self.name_of(to))),
            WayStep::Is => format!(", which is {}", with_article(&self.name_of(to))),
            WayStep::Perhaps(doubt) => self.doubt_in_words(doubt, from, to),
        }
    }

    /// Why it is not certain that the object at the stop `from` is one at the stop `to`.
    fn doubt_in_words(&self, doubt: Doubt, from: &Stop, to: &Stop) -> String {
        let (name, at) = (self.name_of(to), self.place_of(to));
        match doubt {
            Doubt::AnyClass => String::new(),
            Doubt::Namesake => {
                let is_namesake = name == self.name_of(from);
                let which = if is_namesake { "which" } else { "which is defined elsewhere and" };
                format!(", {which} may be {} ({at})", with_article(&name))
            }
            Doubt::Owner => "; the class that has this relationship is not known".to_owned(),
            Doubt::NoSubclass => format!("; nothing in the repository inherits from {name} ({at})"),
            Doubt::Computed => {
                format!(", which may be {} by a base that is computed ({})", with_article(&name), self.place_of(from))
            }
            Doubt::Base => {
                let base = self.name_of(from);
                format!(", which may be {}: its base `{base}` is not known ({at})", with_article(&name))
            }
        }
    }

    pub(super) fn name_of(&self, stop: &Stop) -> String {
        match stop {
            Stop::Object(End::Class(class)) | Stop::Owner(End::Class(class)) => {
                self.families.get(class).map_or_else(|| "class".to_owned(), |family| family.name.clone())
            }
            Stop::Object(End::Named(name)) | Stop::Owner(End::Named(name)) | Stop::OfBase(name) => name.clone(),
            _ => "object".to_owned(),
        }
    }

    pub(super) fn place_of(&self, stop: &Stop) -> String {
        match stop {
            Stop::Object(End::Class(class)) | Stop::Owner(End::Class(class)) => {
                self.families.get(class).map(|family| family.at.clone()).unwrap_or_default()
            }
            _ => String::new(),
        }
    }
}

pub(super) fn with_article(name: &str) -> String {
    let article = if name.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}
