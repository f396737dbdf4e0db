//! `pr` against repositories of git: what it makes, updates, pushes and refuses, and what it leaves alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{read_tree, write_tree};
use cascade_fix::pull_request::CodeOwners;
use tempfile::TempDir;

const UNSAFE: &str = "from sqlalchemy.orm import relationship\nposts = relationship('Post', cascade='all, delete')\n";

/// A work tree with one commit.
struct Repository {
    folder: TempDir,
}

/// What a command said.
struct Said {
    status: Option<i32>,
    out: String,
    error: String,
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said { status: output.status.code(), out: text(&output.stdout), error: text(&output.stderr) }
}

/// A command in a folder with a git that has a user and nobody's settings.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "--exec=x; $(touch x) <b>").env(format!("GIT_{who}_EMAIL"), "a@b");
    }
    command
}

fn git_in(folder: &Path, arguments: &[&str]) -> String {
    let all = [&["-c", "protocol.file.allow=always", "-c", "core.hooksPath=/dev/null"], arguments].concat();
    let run = said(&command("git", folder).args(all).output().unwrap());
    assert_eq!(run.status, Some(0), "git {arguments:?}: {}", run.error);
    run.out.trim_end().to_owned()
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: TempDir::new().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.commit(files);
        repository
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(self.path(), arguments)
    }

    fn write(&self, files: &[(&str, &str)]) {
        let tree = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        write_tree(&tree, self.path());
    }

    fn commit(&self, files: &[(&str, &str)]) {
        self.write(files);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "change"]);
    }

    fn run(&self, arguments: &[&str]) -> Said {
        run_in(self.path(), arguments)
    }

    fn pr(&self, arguments: &[&str]) -> Said {
        self.run(&[&["pr", "--isolated"], arguments].concat())
    }

    /// The branches that it made, in order.
    fn branches(&self) -> Vec<String> {
        let all = self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads/cascade-fix"]);
        all.lines().map(str::to_owned).collect()
    }

    /// All references, and what the work tree and the index have of their own.
    fn state(&self) -> (String, String) {
        (self.git(&["for-each-ref"]) + &self.git(&["rev-parse", "HEAD"]), self.git(&["status", "--porcelain"]))
    }

    /// A clone with a branch checked out.
    fn at(&self, branch: &str) -> TempDir {
        let folder = TempDir::new().unwrap();
        git_in(
            self.path(),
            &["clone", "-q", "-b", branch, self.path().to_str().unwrap(), folder.path().to_str().unwrap()],
        );
        folder
    }

    /// The commits on a branch that are not checked out, by their subjects.
    fn subjects(&self, branch: &str) -> Vec<String> {
        let log = self.git(&["log", "--reverse", "--format=%s", &format!("HEAD..{branch}")]);
        log.lines().map(str::to_owned).collect()
    }
}

fn run_in(folder: &Path, arguments: &[&str]) -> Said {
    said(&command(env!("CARGO_BIN_EXE_cascade-fix"), folder).args(arguments).output().unwrap())
}

#[test]
fn a_branch_has_what_fix_writes_and_nothing_else_is_touched() {
    let repository = Repository::new(&[("app/models.py", UNSAFE), ("notes.txt", "all\n")]);
    repository.write(&[("untracked.txt", "stays\n")]);
    let before = (
        read_tree(repository.path()),
        repository.git(&["rev-parse", "HEAD"]),
        repository.git(&["status", "--porcelain"]),
    );
    let run = repository.pr(&[]);
    assert_eq!((run.status, run.error.as_str()), (Some(0), "cascade-fix/cascades was made: 1 commit.\n"));
    let after = (
        read_tree(repository.path()),
        repository.git(&["rev-parse", "HEAD"]),
        repository.git(&["status", "--porcelain"]),
    );
    assert_eq!(before, after);
    assert_eq!(repository.git(&["rev-parse", "cascade-fix/cascades~1"]), before.1);
    let made = repository.at("cascade-fix/cascades");
    repository.run(&["fix", "--isolated"]);
    let mut fixed = read_tree(repository.path());
    fixed.remove("untracked.txt");
    assert_eq!(read_tree(made.path()), fixed);
    assert_eq!(run_in(made.path(), &["check", "--isolated", "-q"]).status, Some(0));
    let message = git_in(made.path(), &["log", "-1", "--format=%B"]);
    let version = format!("Made by cascade-fix {}:\n\n    cascade-fix fix --isolated\n", env!("CARGO_PKG_VERSION"));
    assert!(message.contains(&version), "{message}");
    for part in
        ["docs.sqlalchemy.org", "```console\ncascade-fix fix --isolated\n```", "`app/models.py:2`", "### How to revert"]
    {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn again_it_does_nothing_until_something_changed() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    repository.pr(&[]);
    let made = repository.state();
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades is up to date.\n");
    assert_eq!(repository.state(), made);
    let tip = repository.git(&["rev-parse", "cascade-fix/cascades"]);
    repository.commit(&[("unrelated.py", "x = 1\n")]);
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades is up to date.\n");
    assert_eq!(repository.git(&["rev-parse", "cascade-fix/cascades"]), tip, "who approved it need not do so again");
    repository.commit(&[("models.py", &format!("x = 1\n{UNSAFE}"))]);
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades was updated: 1 commit.\n");
    repository.git(&["branch", "-q", "-f", "cascade-fix/cascades", &tip]);
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades was updated: 1 commit.\n");
    repository.commit(&[("other.py", UNSAFE)]);
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades was updated: 1 commit.\n");
    assert_eq!(repository.subjects("cascade-fix/cascades").len(), 1);
    assert_eq!(repository.git(&["diff", "--name-only", "HEAD", "cascade-fix/cascades"]), "models.py\nother.py");
    repository.git(&["merge", "-q", "cascade-fix/cascades"]);
    let run = repository.pr(&[]);
    assert_eq!(
        (run.status, run.error.as_str(), run.out.as_str()),
        (Some(0), "Nothing to change: no branch was made.\n", "")
    );
}

#[test]
fn commits_of_others_stay() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    repository.pr(&[]);
    repository.git(&["checkout", "-q", "cascade-fix/cascades"]);
    repository.commit(&[("models.py", "# by hand\n")]);
    repository.git(&["checkout", "-q", "main"]);
    let state = repository.state();
    let run = repository.pr(&[]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.error.contains("has a commit that cascade-fix did not make (") && run.error.contains(" change)"),
        "{}",
        run.error
    );
    repository.git(&["checkout", "-q", "-B", "cascade-fix/cascades", "cascade-fix/cascades~1"]);
    repository.write(&[("models.py", "# amended\n")]);
    repository.git(&["commit", "-q", "-a", "--amend", "--no-edit"]);
    repository.git(&["checkout", "-q", "main"]);
    assert_eq!(repository.pr(&[]).status, Some(2), "the message is as it was, the files are not");
    assert_eq!(repository.pr(&["--branch", "other"]).status, Some(0));
    assert_ne!(state, repository.state());
}

#[test]
fn a_work_tree_with_changes_is_refused() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    repository.write(&[("models.py", "x = 1\n")]);
    let run = repository.pr(&[]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.contains("changes that are not committed: models.py; commit or stash them"), "{}", run.error);
    repository.git(&["add", "-A"]);
    assert_eq!(repository.pr(&[]).status, Some(2));
    assert!(repository.branches().is_empty());
    let nowhere = TempDir::new().unwrap();
    assert!(run_in(nowhere.path(), &["pr"]).error.contains("is in no work tree of git"));
    fs::create_dir(repository.path().join("app")).unwrap();
    assert!(run_in(&repository.path().join("app"), &["pr"]).error.contains("run it in its root"));
    let empty = TempDir::new().unwrap();
    git_in(empty.path(), &["init", "-q"]);
    assert!(run_in(empty.path(), &["pr"]).error.contains("there is no commit yet"));
}

#[test]
fn a_detached_head_and_another_work_tree() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    repository.git(&["checkout", "-q", "--detach"]);
    assert_eq!(repository.pr(&[]).status, Some(0));
    assert!(repository.pr(&["--create"]).error.contains("origin"));
    let other = TempDir::new().unwrap();
    let path = other.path().join("tree");
    repository.git(&["worktree", "add", "-q", path.to_str().unwrap(), "cascade-fix/cascades"]);
    repository.commit(&[("more.py", UNSAFE)]);
    let run = repository.pr(&[]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.contains("is checked out in"), "{}", run.error);
    git_in(&path, &["checkout", "-q", "-b", "mine", "main"]);
    let run = run_in(&path, &["pr", "--isolated", "--branch", "from-there"]);
    assert_eq!((run.status, run.error.as_str()), (Some(0), "from-there/cascades was made: 1 commit.\n"));
    assert_eq!(git_in(&path, &["status", "--porcelain"]), "");
}

#[test]
fn a_submodule_and_untracked_files_are_left_out_with_what_hangs_on_them() {
    let library = Repository::new(&[("models.py", UNSAFE)]);
    let repository = Repository::new(&[
        ("app/models.py", UNSAFE),
        (
            "app/uses.py",
            "from sqlalchemy.orm import relationship\nfrom app.mine import OWNED\na = relationship('A', cascade=OWNED)\n",
        ),
    ]);
    repository.git(&["submodule", "--quiet", "add", library.path().to_str().unwrap(), "library"]);
    repository.git(&["commit", "-q", "-m", "library"]);
    repository.write(&[("app/mine.py", "OWNED = 'all'\n")]);
    let run = repository.pr(&[]);
    assert_eq!(run.status, Some(0), "{}", run.error);
    assert!(run.error.contains("library/models.py is left out: git does not know it"), "{}", run.error);
    assert!(run.error.contains("app/mine.py is left out: git does not know it"), "{}", run.error);
    assert_eq!(repository.git(&["diff", "--name-only", "HEAD", "cascade-fix/cascades"]), "app/models.py");
}

#[test]
fn unsafe_fixes_have_a_commit_of_their_own() {
    let both =
        format!("{UNSAFE}class A(Base):\n    b = relationship('B', cascade='save-update, merge, delete-orphan')\n");
    let repository = Repository::new(&[("models.py", &both)]);
    repository.pr(&["--select", "CAS", "--unsafe-fixes", "--branch", "both"]);
    let subjects = repository.subjects("both/cascades");
    assert_eq!(
        subjects,
        ["List SQLAlchemy cascades instead of `all`", "Change SQLAlchemy cascades where that can be noticed"]
    );
    let changed = |commit: &str| repository.git(&["show", "--format=", "-U0", commit]);
    assert!(changed("both/cascades~1").contains("+posts") && !changed("both/cascades~1").contains("+    b"));
    assert!(changed("both/cascades").contains("+    b") && !changed("both/cascades").contains("+posts"));
    let message = |commit: &str| repository.git(&["log", "-1", "--format=%B", commit]);
    assert!(
        !message("both/cascades~1").contains("--unsafe-fixes") && message("both/cascades").contains("--unsafe-fixes")
    );
    let run = repository.pr(&["--select", "CAS", "--branch", "safe"]);
    assert!(run.out.contains("Held back: unsafe fixes"), "{}", run.out);
    assert_eq!(repository.subjects("safe/cascades").len(), 1);
}

/// A repository of two packages that share a constant, and others.
fn monorepo() -> Repository {
    let uses = "from sqlalchemy.orm import relationship\nfrom common.lists import OWNED\na = relationship('A', cascade=OWNED)\n";
    Repository::new(&[
        ("common/lists.py", "OWNED = 'all, delete-orphan'\n"),
        ("billing/pyproject.toml", "[project]\nname = 'billing'\n"),
        ("billing/models.py", uses),
        ("billing/src/own.py", UNSAFE),
        ("shop/setup.py", ""),
        ("shop/models.py", UNSAFE),
        ("shop/deep/more.py", UNSAFE),
        ("shop/docs/example.py", UNSAFE),
        ("root.py", UNSAFE),
        (
            ".github/CODEOWNERS",
            "# the last one that matches wins\n* @org/everyone\n/shop/ @org/shop @jane\nshop/deep @org/deep\n/shop/docs/*  # nobody\n\
             billing/** @org/billing\n",
        ),
    ])
}

/// Each branch alone is whole: there is nothing left to fix in its files, and what it changes is what `fix` would.
fn assert_each_is_whole(repository: &Repository) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for branch in repository.branches() {
        let files = repository.git(&["diff", "--name-only", "HEAD", &branch]);
        let files: Vec<String> = files.lines().map(str::to_owned).collect();
        let folder = repository.at(&branch);
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let run = run_in(folder.path(), &[&["check", "--isolated", "-q"], &names[..]].concat());
        assert_eq!(run.status, Some(0), "{branch}: {}", run.out);
        all.push((branch.strip_prefix("cascade-fix/").unwrap().to_owned(), files));
    }
    all
}

#[test]
fn branches_by_directory_are_whole_and_keep_a_constant_with_its_uses() {
    let repository = monorepo();
    assert_eq!(repository.pr(&["--split-by", "directory"]).status, Some(0));
    let made = assert_each_is_whole(&repository);
    let expected = [
        ("billing", vec!["billing/src/own.py"]),
        ("billing-common", vec!["common/lists.py"]),
        ("root", vec!["root.py"]),
        ("shop", vec!["shop/deep/more.py", "shop/docs/example.py", "shop/models.py"]),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .into_iter()
        .map(|(name, files)| (name.to_owned(), files.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(made, expected);
    let message = repository.git(&["log", "-1", "--format=%B", "cascade-fix/billing-common"]);
    assert!(message.contains("\n    cascade-fix fix --isolated billing/models.py common/lists.py\n"), "{message}");
}

#[test]
fn branches_by_package_and_by_owner() {
    let repository = monorepo();
    repository.pr(&["--split-by", "package"]);
    let made = assert_each_is_whole(&repository);
    let files = |name: &str| made.iter().find(|(known, _)| known == name).map(|(_, files)| files.join(" "));
    assert_eq!(files("billing").as_deref(), Some("billing/src/own.py"));
    assert_eq!(files("shop").as_deref(), Some("shop/deep/more.py shop/docs/example.py shop/models.py"));
    assert_eq!(files("root").as_deref(), Some("root.py"));
    assert!(made.iter().any(|(name, files)| name == "billing-root" && files == &["common/lists.py"]), "{made:?}");
    let repository = monorepo();
    let run = repository.pr(&["--split-by", "codeowners"]);
    assert_eq!(run.status, Some(0), "{}", run.error);
    let made = assert_each_is_whole(&repository);
    let files =
        |name: &str| made.iter().find(|(known, _)| known == name).map(|(_, files)| files.join(" ")).unwrap_or_default();
    assert_eq!(files("jane-org-shop"), "shop/models.py");
    assert_eq!(files("org-deep"), "shop/deep/more.py");
    assert_eq!(files("no-owner"), "shop/docs/example.py");
    assert_eq!(files("org-everyone"), "root.py");
    assert_eq!(files("org-billing"), "billing/src/own.py");
    assert_eq!(files("org-billing-org-everyone"), "common/lists.py");
    let without = Repository::new(&[("models.py", UNSAFE)]);
    assert!(without.pr(&["--split-by", "codeowners"]).error.contains("there is no CODEOWNERS file"));
}

#[test]
fn owners_are_found_as_the_hosts_find_them() {
    let owners = CodeOwners::read(
        "* @all\n*.py @python\n/build/logs/ @logs\ndocs/* docs@example.com\napps/ @apps\n/scripts/ \napps/with\\ blank/ @blank\n\
         !apps/no.py @never\n**/models @models\n",
    );
    let of = |path: &str| owners.of(path).into_iter().collect::<Vec<_>>().join(" ");
    for (path, expected) in [
        ("a.txt", "@all"),
        ("deep/b.py", "@python"),
        ("build/logs/x.py", "@logs"),
        ("src/build/logs/x.txt", "@all"),
        ("docs/a.py", "docs@example.com"),
        ("docs/deep/a.py", "@python"),
        ("src/apps/a.py", "@apps"),
        ("apps/no.py", "@apps"),
        ("scripts/a.py", ""),
        ("apps/with blank/a.py", "@blank"),
        ("src/models/deep/a.py", "@models"),
    ] {
        assert_eq!(of(path), expected, "{path}");
    }
    let sections =
        CodeOwners::read("* @all\n[Database][2] @dba @db\nmodels/\n^[Docs]\ndocs/ @writers\n[xy].py @letters\n");
    let of = |path: &str| sections.of(path).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(of("models/a.py"), "@all @db @dba");
    assert_eq!(of("docs/a.py"), "@all @writers");
}

#[test]
fn a_branch_has_so_many_files_and_keeps_its_name() {
    let files: Vec<(String, &str)> = (0..7).map(|number| (format!("m{number}.py"), UNSAFE)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let repository = Repository::new(&files);
    repository.pr(&["--max-files", "3"]);
    let made = assert_each_is_whole(&repository);
    let mut sizes: Vec<usize> = made.iter().map(|(_, files)| files.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 3, 3]);
    let first = made.iter().find(|(_, files)| files[0] == "m0.py").unwrap();
    let second = made.iter().find(|(_, files)| files[0] == "m3.py").unwrap();
    repository.git(&["merge", "-q", "--no-ff", "-m", "merge", &format!("cascade-fix/{}", first.0)]);
    let run = repository.pr(&["--max-files", "3"]);
    assert!(run.error.contains(&format!("cascade-fix/{} is up to date", second.0)), "{}", run.error);
    assert_eq!(repository.branches().len(), 3);
}

#[test]
fn names_are_data() {
    let hostile = ["-rf.py", "a b.py", "$(touch x).py", "'\";.py", "*.py", ":(glob)x.py", "\u{e9}\n`@team`|<b>.py"];
    let files: Vec<(&str, &str)> = hostile.iter().map(|name| (*name, UNSAFE)).collect();
    let repository = Repository::new(&files);
    let run = repository.pr(&["--split-by", "directory"]);
    assert_eq!(run.status, Some(0), "{}", run.error);
    assert_eq!(
        repository
            .git(&["diff", "--name-only", "-z", "HEAD", "cascade-fix/root"])
            .split('\0')
            .filter(|name| !name.is_empty())
            .count(),
        hostile.len()
    );
    assert!(!run.out.contains("<b>") || run.out.contains("`\u{e9}"), "{}", run.out);
    let folder = repository.at("cascade-fix/root");
    assert_eq!(run_in(folder.path(), &["check", "--isolated", "-q"]).status, Some(0));
    assert!(!folder.path().join("x").exists() && !repository.path().join("x").exists());
    for name in ["--upload-pack=x", "a..b", "a b", "refs/heads/x~1", "/"] {
        let run = repository.pr(&[&format!("--branch={name}")]);
        assert!(run.status == Some(2) && run.error.contains("is no name for a branch"), "{name}: {}", run.error);
    }
}

#[test]
fn modes_and_line_endings_of_git_stay() {
    let repository = Repository::new(&[(".gitattributes", "*.py text eol=crlf\n")]);
    repository.write(&[("models.py", &UNSAFE.replace('\n', "\r\n"))]);
    fs::set_permissions(repository.path().join("models.py"), fs::Permissions::from_mode(0o755)).unwrap();
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-q", "-m", "script"]);
    repository.pr(&[]);
    assert_eq!(repository.git(&["diff", "--numstat", "HEAD", "cascade-fix/cascades"]), "1\t1\tmodels.py");
    assert!(repository.git(&["ls-tree", "cascade-fix/cascades", "models.py"]).starts_with("100755 "));
}

/// A bare repository that is the remote of a work tree.
fn with_remote(repository: &Repository) -> TempDir {
    let bare = TempDir::new().unwrap();
    git_in(bare.path(), &["init", "-q", "--bare", "-b", "main"]);
    repository.git(&["remote", "add", "origin", bare.path().to_str().unwrap()]);
    repository.git(&["push", "-q", "origin", "main"]);
    bare
}

#[test]
fn branches_are_pushed_and_updated_from_any_clone() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let bare = with_remote(&repository);
    let tip = |name: &str| git_in(bare.path(), &["rev-parse", name]);
    assert_eq!(repository.pr(&["--push"]).error, "cascade-fix/cascades was made: 1 commit.\nPushed to origin.\n");
    assert_eq!(tip("cascade-fix/cascades"), repository.git(&["rev-parse", "cascade-fix/cascades"]));
    assert_eq!(repository.pr(&["--push"]).error, "cascade-fix/cascades is up to date.\norigin has it already.\n");
    let clone = TempDir::new().unwrap();
    git_in(clone.path(), &["clone", "-q", bare.path().to_str().unwrap(), "."]);
    let made = tip("cascade-fix/cascades");
    let run = run_in(clone.path(), &["pr", "--isolated", "--push"]);
    assert_eq!(
        (run.status, run.error.as_str()),
        (Some(0), "cascade-fix/cascades is up to date.\norigin has it already.\n")
    );
    assert_eq!(tip("cascade-fix/cascades"), made);
    // an older one here than there
    let tree = git_in(clone.path(), &["rev-parse", "main^{tree}"]);
    let message = format!("x\n\nCascade-Fix: {tree} on {}", git_in(clone.path(), &["rev-parse", "main"]));
    let older = git_in(clone.path(), &["commit-tree", &tree, "-p", "main", "-m", &message]);
    git_in(clone.path(), &["branch", "-q", "-f", "cascade-fix/cascades", &older]);
    assert_eq!(run_in(clone.path(), &["pr", "--isolated", "--push"]).error, run.error);
    assert_eq!(git_in(clone.path(), &["rev-parse", "cascade-fix/cascades"]), made);
    repository.commit(&[("more.py", UNSAFE)]);
    repository.git(&["push", "-q", "origin", "main"]);
    git_in(clone.path(), &["pull", "-q"]);
    git_in(clone.path(), &["branch", "-q", "-D", "cascade-fix/cascades"]);
    let run = run_in(clone.path(), &["pr", "--isolated", "--push"]);
    assert_eq!(run.error, "cascade-fix/cascades was updated: 1 commit.\nPushed to origin.\n");
    assert_ne!(tip("cascade-fix/cascades"), made);
    // somebody works on the branch
    git_in(clone.path(), &["checkout", "-q", "cascade-fix/cascades"]);
    fs::write(clone.path().join("models.py"), "# by hand\n").unwrap();
    git_in(clone.path(), &["commit", "-q", "-a", "-m", "by hand"]);
    git_in(clone.path(), &["push", "-q", "origin", "cascade-fix/cascades"]);
    let theirs = tip("cascade-fix/cascades");
    let run = repository.pr(&["--push"]);
    assert!(run.status == Some(2) && run.error.contains("by hand"), "{}", run.error);
    assert_eq!(tip("cascade-fix/cascades"), theirs);
    repository.git(&["remote", "set-url", "origin", "/nowhere/at/all"]);
    assert_eq!(repository.pr(&["--push", "--branch", "other"]).status, Some(2));
}

#[test]
fn what_is_left_for_a_human_is_told_in_each_text() {
    let human = "from sqlalchemy.orm import relationship\na = relationship('A', cascade=unknown())\n";
    let repository = Repository::new(&[("app/models.py", UNSAFE), ("lib/models.py", UNSAFE), ("other.py", human)]);
    let whole = repository.pr(&["--branch", "whole"]);
    assert!(whole.out.contains("### For a human") && whole.out.contains("`other.py:2`"), "{}", whole.out);
    let split = repository.pr(&["--split-by", "directory"]);
    let told = "Held back or for a human in other files: 1 finding";
    assert_eq!((split.out.matches(told).count(), split.out.matches("other.py").count()), (2, 0), "{}", split.out);
}

#[test]
fn a_pull_request_that_cannot_be_opened_makes_no_branch() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    assert!(repository.pr(&["--create"]).error.contains("origin"));
    let _bare = with_remote(&repository);
    repository.git(&["remote", "set-url", "origin", "https://gitlab.invalid/a/b"]);
    let run = with_tool(&repository, &tool("gh", ""), &["--create"]);
    assert!(run.status == Some(2) && run.error.contains("neither gh nor glab is installed, or"), "{}", run.error);
    repository.git(&["remote", "set-url", "origin", "https://github.invalid/a/b"]);
    repository.git(&["checkout", "-q", "--detach"]);
    let run = with_tool(&repository, &tool("gh", ""), &["--create"]);
    assert!(run.status == Some(2) && run.error.contains("--base"), "{}", run.error);
    assert!(repository.branches().is_empty());
}

#[test]
fn what_git_was_told_to_pass_over_is_not_committed() {
    for flag in ["--skip-worktree", "--assume-unchanged"] {
        let repository = Repository::new(&[("mine.py", UNSAFE), ("models.py", UNSAFE)]);
        repository.git(&["update-index", flag, "mine.py"]);
        repository.write(&[("mine.py", &format!("{UNSAFE}SECRET = 1\n"))]);
        let run = repository.pr(&[]);
        assert!(run.error.contains("mine.py is left out: it differs from the commit"), "{}", run.error);
        assert_eq!(repository.git(&["diff", "--name-only", "HEAD", "cascade-fix/cascades"]), "models.py");
    }
}

#[test]
fn line_endings_that_are_committed_stay_whatever_git_would_make_of_them() {
    let crlf = UNSAFE.replace('\n', "\r\n");
    for (settings, attributes) in [("true", ""), ("input", ""), ("false", "* text=auto\n")] {
        let repository = Repository::new(&[("models.py", &crlf)]);
        repository.git(&["config", "core.autocrlf", settings]);
        if !attributes.is_empty() {
            repository.write(&[(".gitattributes", attributes)]);
            repository.git(&["add", ".gitattributes"]);
            repository.git(&["commit", "-q", "-m", "attributes"]);
        }
        let run = repository.pr(&[]);
        let changed = repository.git(&["diff", "--numstat", "HEAD", "cascade-fix/cascades"]);
        assert_eq!(changed, "1\t1\tmodels.py", "{settings} {attributes}: {}", run.error);
    }
}

#[test]
fn a_work_tree_that_lacks_files_is_refused() {
    let repository = Repository::new(&[("a/models.py", UNSAFE), ("b/uses.py", "def f(s, p):\n    s.expunge(p)\n")]);
    repository.git(&["sparse-checkout", "set", "a"]);
    let run = repository.pr(&[]);
    assert!(run.status == Some(2) && run.error.contains("lacks files of the commit: b/uses.py"), "{}", run.error);
    repository.git(&["sparse-checkout", "disable"]);
    assert_eq!(repository.pr(&[]).status, Some(0));
}

#[test]
fn only_the_fixes_are_pushed() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let bare = with_remote(&repository);
    repository.commit(&[("wip.txt", "secret\n")]);
    let run = repository.pr(&["--push"]);
    assert!(run.status == Some(2) && run.error.contains("and they would be pushed too"), "{}", run.error);
    repository.git(&["checkout", "-q", "-b", "mine"]);
    assert!(repository.pr(&["--push"]).error.contains("origin has no branch mine"));
    assert_eq!(git_in(bare.path(), &["for-each-ref", "--format=%(refname:short)"]), "main");
    repository.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    assert_eq!(repository.pr(&["--push", "--base", "main"]).status, Some(0));
}

#[test]
fn a_shallow_clone_updates_the_branch_of_another() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let bare = with_remote(&repository);
    let shallow = || {
        let folder = TempDir::new().unwrap();
        let url = format!("file://{}", bare.path().display());
        git_in(folder.path(), &["clone", "-q", "--depth", "1", &url, "."]);
        folder
    };
    let run = run_in(shallow().path(), &["pr", "--isolated", "--push"]);
    assert_eq!(run.error, "cascade-fix/cascades was made: 1 commit.\nPushed to origin.\n");
    repository.commit(&[("more.py", UNSAFE)]);
    repository.commit(&[("still.py", UNSAFE)]);
    repository.git(&["push", "-q", "origin", "main"]);
    let run = run_in(shallow().path(), &["pr", "--isolated", "--push"]);
    assert_eq!(run.error, "cascade-fix/cascades was updated: 1 commit.\nPushed to origin.\n");
    let changed = git_in(bare.path(), &["diff", "--name-only", "main", "cascade-fix/cascades"]);
    assert_eq!(changed, "models.py\nmore.py\nstill.py");
}

#[test]
fn a_base_that_was_rewritten_is_no_commit_of_others() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    repository.git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    repository.pr(&[]);
    repository.git(&["commit", "-q", "--allow-empty", "--amend", "-m", "another"]);
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades was updated: 1 commit.\n");
    assert_eq!(repository.subjects("cascade-fix/cascades").len(), 1);
}

#[test]
fn one_branch_that_cannot_be_made_or_pushed_keeps_none_from_being_made() {
    let repository = Repository::new(&[("a/models.py", UNSAFE), ("b/models.py", UNSAFE)]);
    let bare = with_remote(&repository);
    let hook = bare.path().join("hooks/update");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\ncase $1 in */a) echo not this one; exit 1;; esac\n").unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let run = repository.pr(&["--split-by", "directory", "--push"]);
    assert_eq!(run.status, Some(2));
    assert!(
        run.error.contains("cascade-fix: cascade-fix/a: git push:") && run.error.contains("not this one"),
        "{}",
        run.error
    );
    assert!(run.out.contains("<!-- cascade-fix/a -->") && run.out.contains("<!-- cascade-fix/b -->"), "{}", run.out);
    let pushed = git_in(bare.path(), &["for-each-ref", "--format=%(refname:short)", "refs/heads/cascade-fix"]);
    assert_eq!(pushed, "cascade-fix/b");
    repository.git(&["checkout", "-q", "cascade-fix/a"]);
    repository.commit(&[("a/models.py", "# by hand\n")]);
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["branch", "-q", "-D", "cascade-fix/b"]);
    let by_hand = repository.git(&["rev-parse", "cascade-fix/a"]);
    for options in [&["--split-by", "directory", "--dry-run"][..], &["--split-by", "directory"]] {
        let run = repository.pr(options);
        assert_eq!(run.status, Some(2));
        assert!(
            run.error.contains("cascade-fix: cascade-fix/a: it has a commit that cascade-fix did not"),
            "{}",
            run.error
        );
        assert!(run.out.contains("cascade-fix/b") && !run.out.contains("cascade-fix/a"), "{}", run.out);
    }
    assert_eq!(repository.git(&["rev-parse", "cascade-fix/a"]), by_hand);
    assert_eq!(repository.subjects("cascade-fix/b").len(), 1);
}

#[test]
fn branches_of_other_runs_are_named() {
    let repository = Repository::new(&[("a/models.py", UNSAFE), ("b/models.py", UNSAFE)]);
    repository.pr(&["--split-by", "directory"]);
    let run = repository.pr(&[]);
    let left = |name: &str| format!("cascade-fix/{name} is of another run and was left as it is");
    assert!(run.error.contains(&left("a")) && run.error.contains(&left("b")), "{}", run.error);
    let run = repository.pr(&["a"]);
    assert!(run.error.contains("cascade-fix/cascades-a was made"), "{}", run.error);
    assert_eq!(repository.subjects("cascade-fix/cascades-a"), ["List SQLAlchemy cascades instead of `all` (a)"]);
}

#[test]
fn a_command_names_what_it_is_about_and_not_when() {
    let repository = Repository::new(&[("old.py", UNSAFE)]);
    repository.commit(&[("new.py", UNSAFE)]);
    let run = repository.pr(&["--since", "HEAD~1"]);
    assert!(run.out.contains("\ncascade-fix fix --isolated new.py\n"), "{}", run.out);
    assert!(repository.pr(&["--staged"]).error.contains("`pr` is about what is committed"));
}

#[test]
fn names_that_git_cannot_have_beside_others_are_told() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let run = repository.pr(&["--branch", "main"]);
    assert!(run.status == Some(2) && run.error.contains("there is a branch `main`"), "{}", run.error);
    let run = repository.pr(&["--branch", "main/fixes"]);
    assert!(run.error.contains("there is a branch `main`"), "{}", run.error);
}

#[test]
fn a_dry_run_shows_all_and_makes_nothing() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let _bare = with_remote(&repository);
    let state = repository.state();
    let gh = tool("gh", "");
    let run = with_tool(&repository, &gh, &["--dry-run", "--create", "--blame-ignore-revs"]);
    assert_eq!(run.status, Some(0), "{}", run.error);
    assert_eq!(repository.state(), state);
    for part in [
        "Branch cascade-fix/cascades would be made",
        "    List SQLAlchemy cascades instead of `all`",
        "+posts = relationship('Post', cascade='save-update, merge, delete')",
        "### How to revert",
        ".git-blame-ignore-revs",
        "Then: git push origin cascade-fix/cascades",
        "Then: open or update a pull request into main",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn texts_are_written_to_a_folder_outside_of_the_work_tree() {
    let repository = Repository::new(&[("models.py", UNSAFE), (".gitignore", "out/\n")]);
    let folder = TempDir::new().unwrap();
    let texts = folder.path().join("yet/to/be/made");
    let run = repository.pr(&["--text-dir", texts.to_str().unwrap()]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), ""));
    assert!(fs::read_to_string(texts.join("cascade-fix-cascades.md")).unwrap().contains("### How to revert"));
    fs::create_dir(repository.path().join("in")).unwrap();
    fs::create_dir(repository.path().join("out")).unwrap();
    assert!(
        repository.pr(&["--text-dir", "in"]).error.contains("in is in the work tree, and the text would be left there")
    );
    assert_eq!(repository.pr(&["--text-dir", "out"]).status, Some(0));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

const OWNED: &str = "\
from sqlalchemy.orm import relationship
OWNED = 'all, delete-orphan'


class User(Base):
    posts = relationship('Post', cascade=OWNED)
    notes = relationship('Note', cascade=OWNED)


class Shop(Base):
    orders = relationship('Order', cascade='all, delete-orphan')
";

/// What stands below a heading of a text, up to the next one.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("### {heading}\n")).unwrap_or_else(|| panic!("{heading}: {text}"));
    rest.split("\n###").next().unwrap_or_default()
}

#[test]
fn what_changes_in_behaviour_is_told_apart_from_what_nothing_notices() {
    let refreshes =
        "def f(session, user):\n    session.refresh(user)\n".to_owned() + &"    session.expire(user)\n".repeat(5);
    let repository = Repository::new(&[("models.py", OWNED), ("uses.py", &refreshes)]);
    let text = repository.pr(&["--dry-run"]).out;
    let behaviour = section(&text, "What changes in behaviour");
    for told in [
        "not the row as it is now",
        "perhaps reached by `session.refresh(user)` (uses.py:2)",
        "which refresh and expire silently",
    ] {
        assert!(behaviour.contains(told), "{told}: {behaviour}");
    }
    for other in ["expunge is left out", "is changed where it is defined", "Nothing that was found"] {
        assert!(!behaviour.contains(other), "{other}: {behaviour}");
    }
    assert!(section(&text, "How it is written, and what changes in form alone").contains("`OWNED` is changed where"));
    let unnoticed = section(&text, "What nothing notices");
    assert!(unnoticed.contains("leads to the class: `Shop`, `User`."), "{unnoticed}");
    assert_eq!(text.matches("expunge is left out").count(), 1, "{text}");
    let calls = section(&text, "Calls that notice it");
    assert!(calls.contains("`uses.py:2` refreshes an object that is not known: `user` is a parameter"), "{calls}");
    assert!(calls.contains("`uses.py:7` expires an object"), "{calls}");
}

#[test]
fn where_nothing_refreshes_a_whole_object_it_is_said_once() {
    let of_names = "def f(session, user):\n    session.refresh(user, ['posts'])\n";
    let repository = Repository::new(&[("models.py", OWNED), ("uses.py", of_names)]);
    let text = repository.pr(&["--dry-run"]).out;
    let said = "Nothing that was found in the repository refreshes or expires a whole object.";
    assert!(section(&text, "What changes in behaviour").contains(said), "{text}");
    assert_eq!(text.matches(said).count(), 1, "{text}");
    assert!(!text.contains("Calls that notice it"), "{text}");
}

#[test]
fn a_base_that_is_no_branch_is_refused() {
    let repository = Repository::new(&[("models.py", UNSAFE)]);
    let run = repository.pr(&["--dry-run", "--base", "nobranch"]);
    assert_eq!(run.status, Some(2));
    assert!(run.error.contains("there is no branch nobranch, neither here nor at origin"), "{}", run.error);
}

#[test]
fn blame_passes_over_the_commits_where_that_is_wanted() {
    let repository = Repository::new(&[
        ("models.py", UNSAFE),
        (".git-blame-ignore-revs", "# formatted\n0123456789012345678901234567890123456789"),
    ]);
    repository.pr(&["--blame-ignore-revs"]);
    let listed = repository.git(&["show", "cascade-fix/cascades:.git-blame-ignore-revs"]);
    let fixes = repository.git(&["rev-parse", "cascade-fix/cascades~1"]);
    assert_eq!(
        listed,
        format!(
            "# formatted\n0123456789012345678901234567890123456789\n# SQLAlchemy cascades listed by cascade-fix\n{fixes}"
        )
    );
    assert_eq!(repository.pr(&["--blame-ignore-revs"]).error, "cascade-fix/cascades is up to date.\n");
    assert_eq!(repository.pr(&[]).error, "cascade-fix/cascades was updated: 1 commit.\n");
    assert!(repository.pr(&["--blame-ignore-revs", "--split-by", "directory"]).error.contains("could not be merged"));
    // a change of behaviour is not passed over
    repository.commit(&[(
        "more.py",
        "from sqlalchemy.orm import relationship\na = relationship('A', cascade='delete-orphan, save-update')\n",
    )]);
    repository.pr(&["--blame-ignore-revs", "--select", "CAS", "--unsafe-fixes", "--branch", "both"]);
    let added = repository.git(&["diff", "HEAD", "both/cascades", "--", ".git-blame-ignore-revs"]);
    let safe = repository.git(&["rev-parse", "both/cascades~2"]);
    let changed = repository.git(&["rev-parse", "both/cascades~1"]);
    assert!(added.contains(&format!("+{safe}")) && !added.contains(&changed), "{added}");
}

/// A folder with a program that writes down what it is called with, and answers.
fn tool(name: &str, answers: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >> '{}'\n{answers}\n", log.display());
    fs::write(folder.path().join(name), script).unwrap();
    fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// `pr` where there is such a program.
fn with_tool(repository: &Repository, tool: &TempDir, arguments: &[&str]) -> Said {
    let path = format!("{}:{}", tool.path().display(), std::env::var("PATH").unwrap());
    let mut run = command(env!("CARGO_BIN_EXE_cascade-fix"), repository.path());
    said(&run.env("PATH", path).args(["pr", "--isolated"]).args(arguments).output().unwrap())
}

#[test]
fn pull_requests_are_opened_then_updated() {
    for (name, host, opened, updated, answers) in [
        (
            "gh",
            "github.example",
            "pr create --head=cascade-fix/cascades --base=main --title=List",
            "pr edit --title=List",
            "case \"$2\" in view) [ -e \"$0.open\" ] && echo OPEN || exit 1;; create) touch \"$0.open\"; echo https://host/1;; esac",
        ),
        (
            "glab",
            "gitlab.example",
            "mr create --source-branch=cascade-fix/cascades --target-branch=main --title=List",
            "mr update --title=List",
            "case \"$2\" in view) [ -e \"$0.open\" ] && echo 'state: open' || exit 1;; create) touch \"$0.open\"; echo https://host/1;; esac",
        ),
    ] {
        let repository = Repository::new(&[("models.py", UNSAFE)]);
        let bare = with_remote(&repository);
        let under_host = bare.path().join(host);
        std::os::unix::fs::symlink(bare.path(), &under_host).unwrap();
        repository.git(&["remote", "set-url", "origin", under_host.to_str().unwrap()]);
        let folder = tool(name, answers);
        let create = || with_tool(&repository, &folder, &["--create"]);
        let run = create();
        assert_eq!(run.status, Some(0), "{}", run.error);
        assert!(run.error.contains("https://host/1"), "{}", run.error);
        let log = || fs::read_to_string(folder.path().join("log")).unwrap();
        assert!(log().contains(opened) && !log().contains(updated), "{}", log());
        assert_eq!(create().status, Some(0));
        assert!(log().contains(updated), "{}", log());
        fs::write(
            folder.path().join(name),
            fs::read_to_string(folder.path().join(name))
                .unwrap()
                .replace("OPEN", "CLOSED")
                .replace("state: open", "state: closed"),
        )
        .unwrap();
        let number = log().matches(updated).count();
        assert!(create().error.contains("was closed; it was not opened again"));
        assert_eq!((log().matches(updated).count(), log().matches(opened).count()), (number, 1));
    }
}
