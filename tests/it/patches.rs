//! A patch is applied by git and by patch(1) where it was made, and gives what `fix` writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::{copy_tree, read_tree, run_binary};
use tempfile::TempDir;

const UNSAFE: &str = "from sqlalchemy.orm import relationship\nposts = relationship(\"Post\", cascade=\"all\")\n";

/// Files that are hard to name, in a folder.
fn files(folder: &str) -> Vec<String> {
    let names = ["models.py", "a b.py", "quo\"te.py", "back\\slash.py", "ünï.py", "new\nline.py", " .py", "sub/b/x.py"];
    names.iter().map(|name| format!("{folder}{name}")).collect()
}

/// The folders of each tree, and the one in which the command is run. Git guesses how much of a name it strips where a name repeats the
/// way to the folder.
const PLACES: [(&[&str], &str); 9] = [
    (&["", "backend/app/", "backend/other/"], ""),
    (&["backend/", "backend/app/"], "backend"),
    (&["backend/app/", "other/"], "backend/app"),
    (&["site/", "site/site/", "site/other/"], "site"),
    (&["site/site/", "site/"], "site/site"),
    (&["api/app/", "api/app/api/app/", "api/app/app/"], "api/app"),
    (&["a/", "a/a/", "a/b/"], "a"),
    (&["b/", "b/a/", "b/b/"], "b"),
    (&["b/c/", "b/c/c/", "b/c/b/c/"], "b/c"),
];

fn tree(folders: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in folders.iter().flat_map(|inner| files(inner)) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, UNSAFE).unwrap();
    }
    folder
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments).current_dir(folder);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

fn commit(folder: &Path) {
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "--message=all"]);
}

/// The files that were made, with what became of them.
fn python(top: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut tree = read_tree(top);
    // of a linked work tree
    tree.remove(".git");
    tree
}

/// Gives a patch to a command in a folder, and tells what went wrong.
fn apply(patch: &[u8], command: &[&str], folder: &Path) -> Result<(), String> {
    use std::io::Write;
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(patch).unwrap();
    let run = child.wait_with_output().unwrap();
    let said = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    if run.status.success() { Ok(()) } else { Err(said) }
}

/// The tree after the patch that the program makes in a folder is applied there or, if so, at the top.
fn patched(top: &Path, place: &str, command: &[&str]) -> Result<(), String> {
    let folder = top.join(place);
    let run = run_binary(&folder, &["diff", "--quiet"]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let is_at_top = command.iter().any(|word| word.starts_with("--directory"));
    apply(&run.stdout, command, if is_at_top { top } else { &folder })
}

/// Applies the patch in every way to trees that are made alike.
fn is_what_fix_writes(ways: &[&[&str]], made: impl Fn(&[&str]) -> (TempDir, PathBuf)) {
    for (folders, place) in PLACES {
        let (_kept, fixed) = made(folders);
        assert_eq!(run_binary(&fixed.join(place), &["fix", "--quiet"]).status.code(), Some(0));
        let directory = format!("--directory={place}");
        for way in ways {
            let way: Vec<&str> = way.iter().map(|word| if *word == "DIRECTORY" { &*directory } else { word }).collect();
            let (_kept, top) = made(folders);
            let told = patched(&top, place, &way);
            assert_eq!(told, Ok(()), "{way:?} in {place}");
            assert_eq!(python(&top), python(&fixed), "{way:?} in {place}");
        }
    }
}

#[test]
fn a_patch_is_applied_where_it_was_made_in_a_work_tree() {
    let ways: [&[&str]; 5] = [
        &["git", "apply"],
        &["git", "apply", "-p1"],
        &["git", "apply", "--index"],
        &["git", "apply", "DIRECTORY"],
        &["patch", "-p1", "--silent"],
    ];
    is_what_fix_writes(&ways, |folders| {
        let tree = tree(folders);
        commit(tree.path());
        let top = tree.path().to_owned();
        (tree, top)
    });
}

#[test]
fn a_patch_is_applied_where_it_was_made_in_a_linked_work_tree() {
    is_what_fix_writes(&[&["git", "apply"], &["patch", "-p1", "--silent"]], |folders| {
        let whole = TempDir::new().unwrap();
        let main = whole.path().join("main");
        copy_tree(tree(folders).path(), &main);
        commit(&main);
        git(&main, &["worktree", "add", "--quiet", "../linked"]);
        let top = whole.path().join("linked");
        (whole, top)
    });
}

#[test]
fn a_patch_is_applied_where_it_was_made_outside_of_git() {
    is_what_fix_writes(&[&["git", "apply"], &["patch", "-p1", "--silent"]], |folders| {
        let tree = tree(folders);
        let top = tree.path().to_owned();
        (tree, top)
    });
}

#[cfg(unix)]
#[test]
fn a_patch_keeps_the_mode_of_a_file_and_names_one_that_is_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;

    let tree = TempDir::new().unwrap();
    let folder = tree.path().join("backend");
    fs::create_dir(&folder).unwrap();
    let names = [OsStr::from_bytes(b"lat\xe9in.py"), OsStr::new("run.py")];
    for name in names {
        fs::write(folder.join(name), UNSAFE).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    commit(tree.path());
    for way in [&["git", "apply"][..], &["patch", "-p1", "--silent"]] {
        git(tree.path(), &["checkout", "--quiet", "."]);
        assert_eq!(patched(tree.path(), "backend", way), Ok(()), "{way:?}");
        for name in names {
            let path = folder.join(name);
            assert!(fs::read_to_string(&path).unwrap().contains("save-update"), "{way:?} {name:?}");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755, "{way:?} {name:?}");
        }
    }
}

#[test]
fn a_patch_that_cannot_be_applied_where_it_is_made_is_refused_with_the_place_where_it_can() {
    let elsewhere = tree(&["lib/"]);
    let lib = elsewhere.path().canonicalize().unwrap().join("lib");
    let cases: [(&[&str], Option<&Path>); 4] = [
        (&["../other"], None),
        (&[".", "../other/models.py"], None),
        (&["../../backend"], None),
        (&[lib.to_str().unwrap()], Some(&lib)),
    ];
    for (paths, above) in cases {
        let inside = tree(&["backend/app/", "backend/other/"]);
        commit(inside.path());
        let top = inside.path().canonicalize().unwrap();
        let folder = top.join("backend/app");
        for command in [&["diff"][..], &[], &["diff", "--quiet"]] {
            let run = run_binary(&folder, &[command, paths].concat());
            let said = String::from_utf8_lossy(&run.stderr);
            assert_eq!((run.status.code(), &*run.stdout), (Some(2), &b""[..]), "{paths:?} {said}");
            let above = above.unwrap_or(&top).display();
            let told = format!("run this in {above}, or let `cascade-fix fix` write it\n");
            assert!(said.contains("not below the working directory") && said.ends_with(&told), "{paths:?} {said}");
        }
        assert_eq!(run_binary(&folder, &[&["fix", "--quiet"], paths].concat()).status.code(), Some(0));
        assert_eq!(
            run_binary(&folder, &[&["diff"], paths].concat()).status.code(),
            Some(0),
            "nothing is left to change"
        );
    }
}
