//! A walk goes in; the files with cascade sites come out, read and parsed once, with what else was noticed on the way.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::HashSet;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::checks::ModuleCheck;
use crate::discover::{NotRead, Walk};
use crate::disk::{Disk, read_into};
use crate::hints::{self, Hints, Traits, Words};
use crate::mistake::caught;
use crate::module::Module;
use crate::repository::{Repositories, Repository};
use crate::resolve::Resolver;
use crate::rules::Rules;
use crate::settings::Lookup;
use crate::site::{self, FoundSites};
use crate::source::{Kind, Source};

/// A file that was parsed.
#[derive(Debug)]
pub struct Scanned {
    /// Absolute.
    pub path: Arc<Path>,
    /// Its text.
    pub source: Arc<Source>,
    /// The ranges that can't be parsed.
    pub syntax_errors: Vec<Range<usize>>,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Scan {
    /// The files that were parsed and have sites, syntax errors or comments about suppressing findings, in no order.
    pub files: Vec<Scanned>,
    /// By file (absolute), in no order: the cascade sites, and the functions that hand on a cascade; a value may stand in a file that was
    /// not scanned.
    pub found: Vec<(Arc<Path>, FoundSites)>,
    /// The files that were skipped or could not be read.
    pub not_read: Vec<NotRead>,
    /// What the walk came by besides: what may be a script, and links.
    pub others: Vec<PathBuf>,
    /// Files and folders of the project that are excluded from the check.
    pub unchecked: Vec<PathBuf>,
    /// How many files were checked.
    pub files_scanned: usize,
    /// Those of them that were parsed (absolute).
    pub parsed: HashSet<Arc<Path>>,
    /// The files, absolute, with a word that a check of modules looks for, in no order.
    pub with_words: Vec<Arc<Path>>,
    /// The files that can do something which matters to their repository, in order of path.
    pub traits: Vec<(PathBuf, Traits)>,
}

/// Reads what is under check.
pub struct Reader<'a> {
    /// The walk over the files.
    pub walk: &'a Walk,
    /// The settings of each.
    pub settings: &'a Lookup,
    /// Their repositories.
    pub repositories: &'a Repositories,
    /// What is not saved yet.
    pub disk: &'a Disk,
    /// What is looked for besides cascades.
    pub checks: &'a [ModuleCheck],
}

impl Reader<'_> {
    /// Reads every file of the walk; parses those that can have a site. `progress` counts the files.
    pub fn scan(&self, progress: &AtomicUsize) -> Scan {
        if self.disk.is_empty() {
            return self.scan_unsaved();
        }
        self.walk.settled(|| {
            let collected = Mutex::new(Scan::default());
            progress.store(0, Ordering::Relaxed);
            let aside = self.walk.run(|| {
                let mut worker = Worker::new(self, &collected);
                move |path: &Path| {
                    worker.visit(path);
                    progress.fetch_add(1, Ordering::Relaxed);
                }
            });
            self.visit_unsaved(&collected, |path| self.walk.covers(path) && !path.exists());
            let mut scan = collected.into_inner();
            scan.not_read.extend(aside.not_read);
            scan.others = aside.others;
            scan.unchecked = aside.unchecked;
            scan.traits.sort_by(|a, b| a.0.cmp(&b.0));
            scan
        })
    }

    /// The same for files that were listed before, each with its traits, of which it reads no more than those that can have a site.
    pub fn scan_listed(&self, files: Vec<(PathBuf, Traits)>) -> Scan {
        let collected = Mutex::new(Scan::default());
        let worker = || Worker::new(self, &collected);
        files.into_par_iter().for_each_init(worker, |worker, (path, traits)| worker.visit_listed(&path, traits));
        collected.into_inner()
    }

    /// The same for what is not saved alone.
    pub fn scan_unsaved(&self) -> Scan {
        let collected = Mutex::new(Scan::default());
        self.visit_unsaved(&collected, |_| true);
        collected.into_inner()
    }

    fn visit_unsaved(&self, collected: &Mutex<Scan>, is_meant: impl Fn(&Path) -> bool) {
        let mut worker = Worker::new(self, collected);
        for (path, bytes) in self.disk.unsaved().iter().filter(|(path, _)| is_meant(path)) {
            let path = self.walk.normal(path);
            match self.walk.exclusion(&path) {
                Some(reason) => worker.local.not_read.push(NotRead::Skipped(path, reason)),
                None => worker.visit_bytes_safely(&path, bytes, true),
            }
        }
    }
}

/// One thread's part; it is handed in when the thread ends.
struct Worker<'a> {
    reader: &'a Reader<'a>,
    /// The folder of the last file, and the rules there.
    folder: Option<(PathBuf, Arc<Rules>)>,
    buffer: Vec<u8>,
    /// The words of the checks of modules.
    words: Option<Words>,
    local: Scan,
    collected: &'a Mutex<Scan>,
}

impl<'a> Worker<'a> {
    fn new(reader: &'a Reader<'a>, collected: &'a Mutex<Scan>) -> Self {
        let words = reader.checks.iter().flat_map(|check| check.words.iter().copied());
        let words = (!reader.checks.is_empty()).then(|| Words::new(words)).flatten();
        Self { reader, folder: None, buffer: Vec::new(), words, local: Scan::default(), collected }
    }

    /// What tells whether a file is parsed. Most files come behind another of their folder.
    fn rules(&mut self, path: &Path) -> Arc<Rules> {
        if !self.reader.settings.choose_files() {
            return Arc::clone(self.reader.settings.rules());
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        match &self.folder {
            Some((last, rules)) if last == folder => Arc::clone(rules),
            _ => {
                let rules = Arc::clone(&self.reader.settings.of(&self.reader.walk.absolute(path)).rules);
                self.folder = Some((folder.to_owned(), Arc::clone(&rules)));
                rules
            }
        }
    }

    fn visit(&mut self, path: &Path) {
        let unsaved = self.reader.disk.unsaved();
        if let Some(bytes) = (!unsaved.is_empty()).then(|| unsaved.get(&self.reader.walk.absolute(path))).flatten() {
            return self.visit_bytes_safely(path, bytes, true);
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        match read_into(path, &mut buffer) {
            Ok(bytes) => self.visit_bytes_safely(path, bytes, self.reader.walk.is_named(path)),
            Err(error) => self.local.not_read.push(NotRead::Failed(path.to_owned(), error.to_string())),
        }
        self.buffer = buffer;
    }

    fn visit_listed(&mut self, path: &Path, traits: Traits) {
        let is_read = Kind::of(path) == Some(Kind::Notebook) || traits.site_word || !self.rules(path).words.is_empty();
        if !is_read {
            return;
        }
        let visited = caught(|| match self.reader.disk.read(&self.reader.walk.absolute(path)) {
            Ok(bytes) => self.visit_known(path, &bytes, traits, false),
            Err(error) => self.local.not_read.push(NotRead::Failed(path.to_owned(), error.to_string())),
        });
        self.keep_mistake(path, visited);
    }

    /// A file that can't be looked at for a mistake of ours fails alone.
    fn visit_bytes_safely(&mut self, path: &Path, bytes: &[u8], is_named: bool) {
        let visited = caught(|| {
            let traits = Traits::of(bytes);
            if traits.of_repository() {
                self.local.traits.push((path.to_owned(), traits));
            }
            self.visit_known(path, bytes, traits, is_named);
        });
        self.keep_mistake(path, visited);
    }

    fn keep_mistake(&mut self, path: &Path, visited: Result<(), &'static str>) {
        if let Err(mistake) = visited {
            self.local.not_read.push(NotRead::Failed(path.to_owned(), mistake.to_owned()));
        }
    }

    /// A file that is named is decoded in any case.
    fn visit_known(&mut self, path: &Path, bytes: &[u8], traits: Traits, is_named: bool) {
        let kind = Kind::of(path).unwrap_or_default();
        let rules = self.rules(path);
        let words = &rules.words;
        let can_have_a_site = match kind {
            Kind::Notebook => hints::can_have_a_site_in_json(bytes, words),
            _ => (traits.site_word || !words.is_empty()) && hints::can_have_a_site(bytes, words),
        };
        let has_words = self.words.as_ref().is_some_and(|words| words.are_in(bytes));
        if !can_have_a_site && !traits.own_comment && !has_words && !is_named {
            self.local.files_scanned += 1;
            return;
        }
        match Source::of_kind(kind, bytes.to_vec()) {
            Ok(source) => {
                self.local.files_scanned += 1;
                let is_one_in_text = |source: &Source| hints::can_have_a_site(source.text().as_bytes(), words);
                let is_sure = kind != Kind::Notebook || is_one_in_text(&source);
                if can_have_a_site && is_sure || traits.own_comment || has_words {
                    self.parse(path, source, has_words);
                }
            }
            // what someone asked for by its name is to be checked
            Err(error) if is_named => self.local.not_read.push(NotRead::Failed(path.to_owned(), error.to_string())),
            Err(error) => self.local.not_read.push(NotRead::Undecoded(path.to_owned(), error.to_string())),
        }
    }

    fn parse(&mut self, path: &Path, source: Source, has_words: bool) {
        let absolute = self.reader.walk.absolute(path);
        let repository = self.reader.repositories.of(&absolute);
        let rules = Arc::clone(&self.reader.settings.of(&absolute).rules);
        let hints = Hints::of_sites(source.parser_text(), &rules.words);
        let module = Arc::new(Module::outline_around(&absolute, source, &hints));
        self.local.parsed.insert(Arc::clone(&module.path));
        let found = find_sites(&rules, &repository, &module);
        let syntax_errors = module.tree().syntax_errors_of(&module.source);
        let may_suppress = || hints::has_own_suppression(module.source.text().as_bytes());
        if !found.sites.is_empty() || !syntax_errors.is_empty() || may_suppress() {
            let source = Arc::clone(&module.source);
            self.local.files.push(Scanned { path: Arc::clone(&module.path), source, syntax_errors });
        }
        if has_words {
            self.local.with_words.push(Arc::clone(&module.path));
        }
        if has_words || !found.sites.is_empty() || !found.wrappers.is_empty() {
            repository.keep(&module);
            self.local.found.push((Arc::clone(&module.path), found));
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut all = self.collected.lock();
        all.files.append(&mut self.local.files);
        all.found.append(&mut self.local.found);
        all.not_read.append(&mut self.local.not_read);
        all.with_words.append(&mut self.local.with_words);
        all.traits.append(&mut self.local.traits);
        all.files_scanned += self.local.files_scanned;
        all.parsed.extend(self.local.parsed.drain());
    }
}

/// The sites of a parsed file.
pub fn find_sites(rules: &Rules, repository: &Repository, module: &Arc<Module>) -> FoundSites {
    let resolver = Resolver { constructors: &rules.constructors, repository };
    let mut found = site::find_in_cells(module, |module| site::find(rules, &resolver, module));
    site::withdraw(&mut found.sites, &module.path, &module.source);
    found
}
