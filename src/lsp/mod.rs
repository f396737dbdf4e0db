//! A language server: an editor's messages go in; diagnostics, quick fixes and hovers come out.
//!
//! A folder is looked at as a whole in the background: when it is opened, and each time that nobody has typed for a moment. In between
//! its findings move with the lines that they are about, so that an answer never waits for the rest of the repository.

mod document;
mod look;
mod shown;
mod view;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use foldhash::HashMap;
use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, Response};
use lsp_types::notification::{self as notifications, Notification as _};
use lsp_types::request::{self as requests, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeActionParams, CodeActionProviderCapability,
    DidChangeTextDocumentParams, DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, FileSystemWatcher, GlobPattern, Hover, HoverContents,
    HoverParams, HoverProviderCapability, InitializeParams, MarkupContent, MarkupKind, MessageType, OneOf,
    PublishDiagnosticsParams, Registration, RegistrationParams, ServerCapabilities, ShowMessageParams,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
    WorkspaceFolder, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::outcome::Finding;
use crate::repository::Repositories;
use crate::settings;
use crate::source::Kind;
use document::{IndexedText, OpenDocument, PositionEncoding, path_of};
use look::Examined;
use shown::ShownFiles;
use view::{Stayed, findings_now};

pub use look::Configured;

/// How long nobody has typed when the whole is looked at.
const PAUSE: Duration = Duration::from_millis(300);

/// Something that happened.
enum Event {
    Message(Message),
    /// The editor has gone.
    Closed,
    Examined(PathBuf, Box<Result<Examined, String>>),
}

/// A folder that is looked at as a whole.
#[derive(Default)]
struct Folder {
    looked: Option<Examined>,
    /// When it is to be looked at again.
    due: Option<Instant>,
    is_looked_at: bool,
    /// What went wrong the last time, which is told once.
    failure: Option<String>,
}

struct Server {
    configured: Configured,
    connection: Connection,
    encoding: PositionEncoding,
    /// Whether the editor takes edits of a version of a document.
    takes_versions: bool,
    events: Sender<Event>,
    /// By its absolute path.
    folders: HashMap<PathBuf, Folder>,
    /// By the path of its file.
    documents: HashMap<PathBuf, OpenDocument>,
    /// What is shown of each.
    findings: HashMap<PathBuf, Vec<Finding>>,
    is_shut_down: bool,
}

/// Speaks with an editor until that ends it; whether it was told to end before.
///
/// # Errors
/// The editor does not keep to the protocol, or has gone.
pub fn serve(connection: Connection, configured: Configured) -> Result<bool, ProtocolError> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = serde_json::from_value(params).unwrap_or_default();
    let general = params.capabilities.general.as_ref();
    let encoding = PositionEncoding::of_client(general.and_then(|general| general.position_encodings.as_deref()));
    let server_info = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
    connection.initialize_finish(id, json!({"capabilities": capabilities(encoding), "serverInfo": server_info}))?;
    let (events, happened) = channel();
    forward(&connection, events.clone());
    let mut server = Server {
        configured,
        connection,
        encoding,
        takes_versions: takes_versions(&params),
        events,
        folders: HashMap::default(),
        documents: HashMap::default(),
        findings: HashMap::default(),
        is_shut_down: false,
    };
    server.begin(&params);
    server.run(&happened);
    Ok(server.is_shut_down)
}

/// Hands messages on as events, until the editor has gone.
fn forward(connection: &Connection, events: Sender<Event>) {
    let messages = connection.receiver.clone();
    thread::spawn(move || {
        for message in &messages {
            if events.send(Event::Message(message)).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Closed);
    });
}

fn capabilities(encoding: PositionEncoding) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::FULL),
        save: Some(TextDocumentSyncSaveOptions::Supported(true)),
        ..TextDocumentSyncOptions::default()
    };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, shown::FIX_ALL]),
        ..CodeActionOptions::default()
    };
    let folders =
        WorkspaceFoldersServerCapabilities { supported: Some(true), change_notifications: Some(OneOf::Left(true)) };
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        workspace: Some(WorkspaceServerCapabilities { workspace_folders: Some(folders), file_operations: None }),
        ..ServerCapabilities::default()
    }
}

/// Whether the editor tells of files that change on disk, when it is asked to.
fn can_watch(params: &InitializeParams) -> bool {
    let workspace = params.capabilities.workspace.as_ref();
    let watched = workspace.and_then(|workspace| workspace.did_change_watched_files);
    watched.and_then(|watched| watched.dynamic_registration).unwrap_or(false)
}

fn takes_versions(params: &InitializeParams) -> bool {
    let workspace = params.capabilities.workspace.as_ref();
    workspace.and_then(|workspace| workspace.workspace_edit.as_ref()?.document_changes).unwrap_or(false)
}

impl Server {
    fn begin(&mut self, params: &InitializeParams) {
        let of_root = || {
            #[expect(deprecated, reason = "what older clients have in place of folders")]
            let root = params.root_uri.as_ref();
            root.and_then(path_of)
        };
        let named = params.workspace_folders.iter().flatten().filter_map(|folder| path_of(&folder.uri));
        let named: Vec<PathBuf> = named.collect();
        let folders = if named.is_empty() { of_root().into_iter().collect() } else { named };
        folders.into_iter().for_each(|folder| self.add_folder(folder));
        if can_watch(params) {
            self.watch();
        }
    }

    /// Asks to be told of files that change on disk.
    fn watch(&self) {
        let watcher = FileSystemWatcher {
            glob_pattern: GlobPattern::String(format!("**/{{*.py,*.pyi,{}}}", settings::NAMES.join(","))),
            kind: None,
        };
        let options = DidChangeWatchedFilesRegistrationOptions { watchers: vec![watcher] };
        let registration = Registration {
            id: "watched".to_owned(),
            method: notifications::DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: serde_json::to_value(options).ok(),
        };
        let params = RegistrationParams { registrations: vec![registration] };
        // the only request of ours
        let request = Request::new(1.into(), requests::RegisterCapability::METHOD.to_owned(), params);
        self.send(Message::Request(request));
    }

    fn run(&mut self, happened: &Receiver<Event>) {
        loop {
            let event = match self.folders.values().filter_map(|folder| folder.due).min() {
                Some(due) => happened.recv_timeout(due.saturating_duration_since(Instant::now())),
                None => happened.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Message(Message::Request(request))) => self.answer(request),
                Ok(Event::Message(Message::Notification(notification))) => {
                    if notification.method == notifications::Exit::METHOD {
                        return;
                    }
                    self.hear(notification);
                }
                Ok(Event::Message(Message::Response(_))) => {}
                Ok(Event::Examined(folder, looked)) => self.keep(&folder, *looked),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look_where_due();
        }
    }

    fn send(&self, message: Message) {
        // an editor that has gone is noticed by what it no longer says
        let _ = self.connection.sender.send(message);
    }

    fn notify<N: notifications::Notification>(&self, params: N::Params) {
        self.send(Message::Notification(Notification::new(N::METHOD.to_owned(), params)));
    }

    fn answer(&mut self, Request { id, method, params }: Request) {
        let result = match &*method {
            requests::Shutdown::METHOD => {
                self.is_shut_down = true;
                Ok(Value::Null)
            }
            requests::CodeActionRequest::METHOD => read(params).map(|params| json!(self.actions(&params))),
            requests::HoverRequest::METHOD => read(params).map(|params| json!(self.hover(&params))),
            _ => Err((ErrorCode::MethodNotFound, format!("{method} is not answered"))),
        };
        self.send(Message::Response(match result {
            Ok(result) => Response::new_ok(id, result),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }));
    }

    /// What the editor says, and wants no answer to. What can't be read is passed over, as the protocol says.
    fn hear(&mut self, Notification { method, params }: Notification) {
        match &*method {
            notifications::DidOpenTextDocument::METHOD => {
                if let Ok(DidOpenTextDocumentParams { text_document: opened }) = read(params) {
                    self.open(opened.uri, opened.version, opened.text);
                }
            }
            notifications::DidChangeTextDocument::METHOD => {
                if let Ok(DidChangeTextDocumentParams { text_document, content_changes }) = read(params)
                    && let Some(last) = content_changes.into_iter().next_back()
                {
                    self.open(text_document.uri, text_document.version, last.text);
                }
            }
            notifications::DidCloseTextDocument::METHOD => {
                if let Ok(DidCloseTextDocumentParams { text_document }) = read(params) {
                    self.close(text_document.uri);
                }
            }
            notifications::DidChangeWorkspaceFolders::METHOD => {
                if let Ok(DidChangeWorkspaceFoldersParams { event }) = read(params) {
                    let paths =
                        |folders: &[WorkspaceFolder]| folders.iter().filter_map(|one| path_of(&one.uri)).collect();
                    self.change_folders(paths(&event.removed), paths(&event.added));
                }
            }
            notifications::DidSaveTextDocument::METHOD
            | notifications::DidChangeWatchedFiles::METHOD
            | notifications::DidChangeConfiguration::METHOD => {
                self.folders.values_mut().for_each(|folder| folder.due = Some(Instant::now() + PAUSE));
            }
            _ => {}
        }
    }

    /// Folders come and go; what is open in one that goes is looked at with the folder around it.
    fn change_folders(&mut self, removed: Vec<PathBuf>, added: Vec<PathBuf>) {
        removed.iter().for_each(|folder| drop(self.folders.remove(folder)));
        added.into_iter().for_each(|folder| self.add_folder(folder));
        let is_left = |path: &&PathBuf| removed.iter().any(|folder| path.starts_with(folder));
        let left: Vec<PathBuf> = self.documents.keys().filter(is_left).cloned().collect();
        left.iter().for_each(|path| self.add_folder(self.folder_of(path)));
    }

    /// Has a folder looked at without a pause.
    fn add_folder(&mut self, folder: PathBuf) {
        self.folders.entry(folder).or_default().due = Some(Instant::now());
    }

    /// The folder that a file is looked at with: the nearest one that is open, else its repository.
    fn folder_of(&self, path: &Path) -> PathBuf {
        let around = self.folders.keys().filter(|folder| path.starts_with(folder));
        let nearest = around.max_by_key(|folder| folder.as_os_str().len()).cloned();
        nearest.unwrap_or_else(|| Repositories::new(path.parent().unwrap_or(path)).of(path).root().to_owned())
    }

    /// Takes the text of a document, which is new or has changed.
    fn open(&mut self, uri: Uri, version: i32, text: String) {
        let Some(path) = path_of(&uri).filter(|path| Kind::of(path).is_some_and(|kind| kind != Kind::Notebook)) else {
            return;
        };
        let text = IndexedText::new(text.into(), self.encoding);
        self.documents.insert(path.clone(), OpenDocument { uri, version, text });
        let folder = self.folder_of(&path);
        self.folders.entry(folder).or_default().due = Some(Instant::now() + PAUSE);
        self.show(&path);
    }

    fn close(&mut self, uri: Uri) {
        let Some(path) = path_of(&uri) else { return };
        self.documents.remove(&path);
        self.findings.remove(&path);
        let params = PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None };
        self.notify::<notifications::PublishDiagnostics>(params);
    }

    /// Begins to look at the folders that are due, each once at a time.
    fn look_where_due(&mut self) {
        let now = Instant::now();
        let is_due = |folder: &Folder| !folder.is_looked_at && folder.due.is_some_and(|due| due <= now);
        for (root, folder) in self.folders.iter_mut().filter(|(_, folder)| is_due(folder)) {
            (folder.due, folder.is_looked_at) = (None, true);
            let texts = self.documents.iter().filter(|(path, _)| path.starts_with(root));
            let texts = texts.map(|(path, document)| (path.clone(), Arc::clone(&document.text.text))).collect();
            let (root, configured, events) = (root.clone(), self.configured.clone(), self.events.clone());
            thread::spawn(move || {
                // threads of its own, so that a key stroke does not wait for them
                let threads = rayon::ThreadPoolBuilder::new().num_threads(configured.threads).build();
                let looked = threads.map_err(|error| error.to_string());
                let looked = looked.and_then(|threads| threads.install(|| configured.look(&root, texts)));
                let _ = events.send(Event::Examined(root, Box::new(looked)));
            });
        }
    }

    /// Keeps what a look came to, and shows it.
    fn keep(&mut self, root: &Path, looked: Result<Examined, String>) {
        let Some(folder) = self.folders.get_mut(root) else { return };
        folder.is_looked_at = false;
        match looked {
            Ok(looked) => (folder.looked, folder.failure) = (Some(looked), None),
            Err(failure) if folder.failure.as_ref() == Some(&failure) => {}
            Err(failure) => {
                folder.failure = Some(failure.clone());
                let message = format!("cascade-fix: {failure}");
                self.notify::<notifications::ShowMessage>(ShowMessageParams { typ: MessageType::ERROR, message });
            }
        }
        let paths: Vec<PathBuf> = self.documents.keys().filter(|path| path.starts_with(root)).cloned().collect();
        paths.iter().for_each(|path| self.show(path));
    }

    fn looked(&self, path: &Path) -> Option<&Examined> {
        self.folders.get(&self.folder_of(path))?.looked.as_ref()
    }

    /// Tells the findings of a document's text.
    fn show(&mut self, path: &Path) {
        let Some(findings) = self.findings_of(path) else { return };
        let Some(OpenDocument { uri, version, text }) = self.documents.get(path) else { return };
        let files = self.files(path);
        let root = self.root(path);
        let told = findings.iter().map(|finding| shown::diagnostic(&files, root.as_deref(), text, finding));
        let params =
            PublishDiagnosticsParams { uri: uri.clone(), diagnostics: told.collect(), version: Some(*version) };
        self.notify::<notifications::PublishDiagnostics>(params);
        self.findings.insert(path.to_owned(), findings);
    }

    /// The findings of a document's text; None before its folder was looked at.
    fn findings_of(&self, path: &Path) -> Option<Vec<Finding>> {
        let (looked, now) = (self.looked(path)?, &self.documents.get(path)?.text.text);
        let (before, found) = looked.of(path);
        // nothing was found in a text that is not kept
        let before = before.unwrap_or_else(|| Arc::from(""));
        if before == *now {
            return Some(found.to_vec());
        }
        let stayed = Stayed::between(&before, now);
        let alone = looked.alone(path, now, &stayed.changed);
        Some(findings_now(path, found, &stayed, alone))
    }

    /// The top of the repository that a file with findings is in.
    fn root(&self, path: &Path) -> Option<PathBuf> {
        let file = self.looked(path)?.file(path)?;
        let depth = Path::new(&file.in_repository).components().count();
        path.ancestors().nth(depth).map(Path::to_owned)
    }

    fn files<'a>(&'a self, own: &'a Path) -> FilesOf<'a> {
        FilesOf { server: self, own, looked: self.looked(own), texts: RefCell::default() }
    }

    fn actions(&self, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
        let Some(path) = path_of(&params.text_document.uri) else { return Vec::new() };
        let Some((document, findings, looked)) = self.known(&path) else { return Vec::new() };
        let (files, root) = (self.files(&path), self.root(&path));
        let rules = Arc::clone(&looked.settings.of(&path).rules);
        let asked = document.text.offset(params.range.start)..document.text.offset(params.range.end);
        let is_meant =
            |finding: &&Finding| finding.call_span.start <= asked.end && asked.start <= finding.call_span.end;
        let quick = findings.iter().filter(is_meant).flat_map(|finding| {
            let diagnostic = shown::diagnostic(&files, root.as_deref(), &document.text, finding);
            shown::actions(&files, &path, &document.text, finding, &diagnostic, &rules)
        });
        let all = shown::fix_all(&files, findings.iter());
        let only = params.context.only.as_ref();
        let is_wanted = |kind: &CodeActionKind| {
            let is_within =
                |wanted: &CodeActionKind| kind == wanted || kind.as_str().starts_with(&format!("{}.", wanted.as_str()));
            only.is_none_or(|only| only.iter().any(is_within))
        };
        let wanted = quick.chain(all).filter(|action| action.kind.as_ref().is_some_and(is_wanted));
        wanted.map(CodeActionOrCommand::CodeAction).collect()
    }

    fn hover(&self, params: &HoverParams) -> Option<Hover> {
        let at = &params.text_document_position_params;
        let path = path_of(&at.text_document.uri)?;
        let (document, findings, looked) = self.known(&path)?;
        let offset = document.text.offset(at.position);
        let finding = findings.iter().find(|finding| finding.call_span.contains(&offset))?;
        let value = shown::hover(finding, &looked.settings.of(&path).rules);
        let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
        Some(Hover { contents, range: Some(document.text.range(&finding.call_span)) })
    }

    /// What is shown of a document.
    fn known(&self, path: &Path) -> Option<(&OpenDocument, &Vec<Finding>, &Examined)> {
        Some((self.documents.get(path)?, self.findings.get(path)?, self.looked(path)?))
    }
}

/// The files around one.
struct FilesOf<'a> {
    server: &'a Server,
    /// The one whose findings have moved with its lines.
    own: &'a Path,
    looked: Option<&'a Examined>,
    /// Those that were asked for.
    texts: RefCell<HashMap<PathBuf, Option<Rc<IndexedText>>>>,
}

impl FilesOf<'_> {
    fn read(&self, path: &Path) -> Option<IndexedText> {
        let text: Arc<str> = match self.server.documents.get(path) {
            Some(document) => Arc::clone(&document.text.text),
            None => std::fs::read_to_string(path).ok()?.into(),
        };
        let before = self.looked.filter(|_| path != self.own).and_then(|looked| looked.of(path).0);
        if before.is_some_and(|before| before != text) {
            return None;
        }
        Some(IndexedText::new(text, self.server.encoding))
    }
}

impl ShownFiles for FilesOf<'_> {
    fn text(&self, path: &Path) -> Option<Rc<IndexedText>> {
        if let Some(known) = self.texts.borrow().get(path) {
            return known.clone();
        }
        let text = self.read(path).map(Rc::new);
        self.texts.borrow_mut().insert(path.to_owned(), text.clone());
        text
    }

    fn version(&self, path: &Path) -> Option<i32> {
        Some(self.server.documents.get(path)?.version)
    }

    fn takes_versions(&self) -> bool {
        self.server.takes_versions
    }
}

/// The parameters of a message.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}
