//! What the documentation says to write into other tools, and to type, is carried out on a small repository.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::markdown::{Page, pages};
use crate::common::{copy_tree, sqlalchemy};
use crate::embedding::{BINARY, run_step};

const UNSAFE: &str = "from sqlalchemy.orm import relationship\nposts = relationship('Post', cascade='all')\n";

/// A clone of the example in `work`, what it was pushed to in `remote.git`, programs that write down what they are asked in `bin`.
struct Clone(TempDir);

impl Clone {
    fn new(programs: &[&str]) -> Self {
        let clone = Self(TempDir::new().unwrap());
        for folder in ["work", "bin", "temp"] {
            fs::create_dir(clone.path(folder)).unwrap();
        }
        copy_tree(Path::new("testdata/example"), &clone.path("work"));
        for program in programs {
            clone.program(program, "echo \"$(basename \"$0\") $*\" >> \"$RUNNER_TEMP/asked\"\necho '[]'\n");
        }
        clone.run(
            "git init --quiet --initial-branch main && git add . && git commit --quiet --message all
             git init --quiet --bare ../remote.git && git remote add origin ../remote.git && git push --quiet origin main",
        );
        clone
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(path).status().unwrap().success());
    }

    /// A branch with a file that has a finding.
    fn with_a_finding(self) -> Self {
        fs::write(self.path("work/app/new.py"), UNSAFE).unwrap();
        self.run("git checkout --quiet -b new && git add . && git commit --quiet --message new");
        self
    }

    /// Runs a script in the work tree.
    fn shell(&self, script: &str) -> Output {
        let mut shell = Command::new("bash");
        shell.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(self.path("work"));
        let binaries = Path::new(BINARY).parent().unwrap().to_owned();
        let path = env::var_os("PATH").unwrap();
        let path = env::join_paths([self.path("bin"), binaries].into_iter().chain(env::split_paths(&path)));
        shell.env("PATH", path.unwrap()).env("RUNNER_TEMP", self.path("temp"));
        shell.env("GITHUB_STEP_SUMMARY", self.path("temp/summary")).env("GIT_CONFIG_GLOBAL", "/dev/null");
        for who in ["AUTHOR", "COMMITTER"] {
            shell.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@b");
        }
        shell.output().unwrap()
    }

    /// What a script prints that has to succeed.
    fn run(&self, script: &str) -> String {
        let run = self.shell(script);
        assert!(run.status.success(), "{script}\n{}", said(&run));
        String::from_utf8(run.stdout).unwrap()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }
}

fn said(run: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

fn recipes(heading: &str, language: &str) -> Vec<String> {
    let page = Page::read(Path::new("docs/recipes.md"));
    page.under(heading, language).into_iter().map(str::to_owned).collect()
}

fn yaml(text: &str) -> Value {
    ast_grep_config::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The only member of an object.
fn only(value: &Value) -> (&String, &Value) {
    let members = value.as_object().unwrap();
    assert_eq!(members.len(), 1, "{value}");
    members.iter().next().unwrap()
}

fn lines(value: &Value) -> String {
    value.as_array().unwrap().iter().map(|line| format!("{}\n", line.as_str().unwrap())).collect()
}

#[test]
fn the_workflows_of_github_run() {
    let workflows = recipes("GitHub Actions", "yaml");
    let [check, fix, plain] = &workflows[..] else { panic!("{}", workflows.len()) };
    let inputs = |workflow: &Value| -> Vec<(String, String)> {
        let steps = only(&workflow["jobs"]).1["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("cascade-fix")));
        let with = step.unwrap()["with"].as_object().unwrap();
        let known = yaml(&fs::read_to_string("action.yml").unwrap());
        with.keys().for_each(|key| assert!(!known["inputs"][key].is_null(), "action.yml has no {key}"));
        with.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let step = |name: &str, clone: &Clone, workflow: &Value| {
        let inputs = inputs(workflow);
        let inputs: Vec<(&str, &str)> = inputs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let run = run_step(name, clone.0.path(), &inputs);
        assert!(run.status.success(), "{}", said(&run));
        run
    };

    let clone = Clone::new(&[]).with_a_finding();
    let printed = said(&step("Check", &clone, &yaml(check)));
    assert!(printed.contains("file=app/new.py,line=2") && !printed.contains("app/models.py"), "{printed}");
    assert!(clone.read("output").starts_with("status=1\n"));

    let clone = Clone::new(&["gh"]);
    step("Open the pull request", &clone, &yaml(fix));
    assert!(clone.read("temp/asked").contains("gh pr create"), "{}", clone.read("temp/asked"));

    let clone = Clone::new(&["pip"]).with_a_finding();
    let workflow = yaml(plain);
    let steps = only(&workflow["jobs"]).1["steps"].as_array().unwrap();
    let run = clone.shell(&steps.iter().filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n"));
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).contains("::warning file=app/new.py,line=2"), "{}", said(&run));
    assert!(clone.read("temp/summary").contains("app/new.py:2"));
}

/// A job of GitLab as a script, after what it takes of the pipeline.
fn gitlab(job: &Value, pipeline: &str) -> String {
    let variables = job["variables"].as_object().unwrap();
    let variables = variables.iter().map(|(name, value)| format!("export {name}=\"{}\"\n", value.as_str().unwrap()));
    format!("{pipeline}\n{}{}", variables.collect::<String>(), lines(&job["script"]))
}

#[test]
fn the_jobs_of_gitlab_run() {
    let jobs = recipes("GitLab CI", "yaml");
    let [check, fix] = &jobs[..] else { panic!("{}", jobs.len()) };
    let (check, fix) = (yaml(check), yaml(fix));

    let clone = Clone::new(&["pip"]);
    let (_, job) = only(&check);
    let run = clone.shell(&gitlab(job, ""));
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert_eq!(clone.read("temp/asked"), "pip install cascade-fix\n");
    let report = clone.read(&format!("work/{}", job["artifacts"]["reports"]["codequality"].as_str().unwrap()));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report.as_array().unwrap().len(), 3);
    assert_eq!(report[0]["location"]["path"], "app/models.py");

    let clone = Clone::new(&["pip", "glab"]);
    clone.run("git clone --quiet --bare ../remote.git ../gitlab.git");
    let remote = clone.path("gitlab.git").to_str().unwrap().to_owned();
    let run = clone.shell(&gitlab(
        only(&fix).1,
        &format!(
            "export CASCADE_FIX_TOKEN=secret CI_SERVER_HOST=gitlab.example.com CI_PROJECT_PATH=group/project CI_DEFAULT_BRANCH=main
             # the address leads to a folder
             export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url.{remote}.insteadOf
             export GIT_CONFIG_VALUE_0=https://oauth2:secret@gitlab.example.com/group/project.git
             git checkout --quiet --detach"
        ),
    ));
    assert!(run.status.success(), "{}", said(&run));
    assert!(clone.read("temp/asked").contains("glab mr create"), "{}\n{}", clone.read("temp/asked"), said(&run));
    let log = clone.run("git --git-dir ../gitlab.git log --format='%an %s' main..cascade-fix/cascades");
    assert_eq!(log, "cascade-fix List SQLAlchemy cascades instead of `all`\n");
    assert!(!said(&run).contains("secret"), "{}", said(&run));
}

#[test]
fn the_commands_of_renovate_are_allowed_and_change_what_is_committed() {
    let configurations = recipes("Renovate", "json");
    let [repository, bot] = &configurations[..] else { panic!("{}", configurations.len()) };
    let (repository, bot): (Value, Value) =
        (serde_json::from_str(repository).unwrap(), serde_json::from_str(bot).unwrap());
    let tasks = &repository["packageRules"][0]["postUpgradeTasks"];
    let command = lines(&tasks["commands"]);
    let allowed = fancy_regex::Regex::new(bot["allowedCommands"][0].as_str().unwrap()).unwrap();
    assert!(allowed.is_match(command.trim()).unwrap(), "{command}");

    let clone = Clone::new(&[]);
    assert_eq!(said(&clone.shell(&command)), "app/models.py\n");
    let mut filters = ignore::overrides::OverrideBuilder::new(clone.path("work"));
    for filter in lines(&tasks["fileFilters"]).lines() {
        filters.add(filter).unwrap();
    }
    let filters = filters.build().unwrap();
    let changed = clone.run("git diff --name-only");
    assert_eq!(changed, "app/models.py\n");
    assert!(changed.lines().all(|file| filters.matched(file, false).is_whitelist()), "{changed}");
    assert_eq!(said(&clone.shell(&command)), "", "a second run changes nothing");
}

#[test]
fn the_hooks_of_pre_commit_fail_a_commit_with_findings() {
    let configurations = recipes("pre-commit", "yaml");
    let [of_repository, local] = &configurations[..] else { panic!("{}", configurations.len()) };
    let known = yaml(&fs::read_to_string(".pre-commit-hooks.yaml").unwrap());
    let hook = |text: &str| yaml(text)["repos"][0]["hooks"][0].clone();
    let known = |id: &Value| known.as_array().unwrap().iter().find(|hook| hook["id"] == *id).unwrap().clone();

    let known_one = known(&hook(of_repository)["id"]);
    let local = hook(local);
    for key in ["name", "entry", "types_or", "require_serial"] {
        assert_eq!(local[key], known_one[key], "{key}");
    }
    for (id, fixes) in [("cascade-fix", true), ("cascade-fix-check", false)] {
        let clone = Clone::new(&[]);
        let entry = known(&id.into())["entry"].as_str().unwrap().to_owned();
        let run = clone.shell(&format!("{entry} app/models.py app/main.py"));
        assert_eq!(run.status.code(), Some(1), "{}", said(&run));
        assert_eq!(clone.run("git diff --name-only"), if fixes { "app/models.py\n" } else { "" });
        let run = clone.shell(&format!("{entry} app/main.py"));
        assert!(run.status.success(), "{}", said(&run));
    }
}

#[test]
fn the_git_hook_refuses_a_commit_until_it_is_fixed() {
    let hooks = recipes("A plain git hook", "sh");
    let [hook] = &hooks[..] else { panic!("{}", hooks.len()) };
    let clone = Clone::new(&[]);
    fs::write(clone.path("work/app/new.py"), UNSAFE).unwrap();
    fs::create_dir_all(clone.path("work/.git/hooks")).unwrap();
    fs::write(clone.path("work/.git/hooks/pre-commit"), hook).unwrap();
    clone.run("chmod +x .git/hooks/pre-commit");
    let run = clone.shell("git add . && git commit --quiet --message new");
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    assert!(said(&run).contains("app/new.py:2"), "{}", said(&run));
    let advice = hook.lines().find_map(|line| line.split_once("the fix is: ")).unwrap().1;
    clone.run(&format!("{advice} && git add . && git commit --quiet --message new"));
}

/// What a line can't do here: the project has no tests, nobody answers, and nothing wrote facts.
fn only_its_options_count(line: &str) -> bool {
    line.contains("--trace") || line.ends_with(" -i") || line.contains("--facts ")
}

#[test]
fn what_the_pages_say_to_type_runs() {
    let mut all = pages();
    all.push(Page::read(Path::new("README.md")));
    let blocks = all.iter().flat_map(|page| &page.blocks).filter(|block| block.language == "console");
    let lines = blocks.flat_map(|block| block.text.lines());
    let commands = lines.map(|line| line.split(" #").next().unwrap().trim());
    let commands: BTreeSet<&str> =
        commands.filter(|line| line.starts_with("cascade-fix") || line.starts_with("git ")).collect();
    assert!(commands.len() > 30, "{commands:?}");

    let clone = Clone::new(&["gh"]);
    clone.program("reviewdog", "cat > /dev/null\n");
    let python = sqlalchemy::python().to_str().unwrap();
    fs::create_dir_all(clone.path("work/.venv/bin")).unwrap();
    fs::write(clone.path("work/.venv/bin/python"), format!("#!/bin/sh\nexec '{python}' \"$@\"\n")).unwrap();
    clone.run("chmod +x .venv/bin/python && echo .venv > .git/info/exclude");
    for command in commands {
        // each begins with the example as it was
        clone.run("git checkout --quiet . && git clean -dfq && mkdir app/orders && touch app/orders/__init__.py");
        if command == "git apply cascades.patch" {
            clone.run("cascade-fix --quiet > cascades.patch || [ $? -eq 1 ]");
        } else if command.contains("--baseline") {
            clone.run("cascade-fix check --quiet --write-baseline cascade-fix-baseline.json");
        }
        let options = if only_its_options_count(command) { " --help" } else { "" };
        let run = clone.shell(&format!("{command}{options}"));
        assert!(matches!(run.status.code(), Some(0 | 1)), "{command}\n{}", said(&run));
    }
}

#[test]
fn settings_in_the_pages_are_taken() {
    for page in pages() {
        for block in page.blocks.iter().filter(|block| block.language == "toml") {
            let document: toml::Table = toml::from_str(&block.text).unwrap();
            if document.contains_key("tool") {
                let clone = Clone::new(&[]);
                fs::write(clone.path("work/pyproject.toml"), &block.text).unwrap();
                let shown = clone.run("cascade-fix config");
                assert!(shown.contains("pyproject.toml"), "{shown}");
            }
        }
    }
}

#[test]
fn the_rules_in_the_pages_find_another_constructor() {
    let page = Page::read(Path::new("docs/rules.md"));
    let clone = Clone::new(&[]);
    fs::create_dir(clone.path("rules")).unwrap();
    fs::write(clone.path("rules/ours.yml"), page.under("Rules of your own", "yaml")[0]).unwrap();
    let models = "from toolkit.orm import children\nposts = children('Post', cascade='all')\n";
    fs::write(clone.path("work/app/models.py"), models).unwrap();
    let found = said(&clone.shell("cascade-fix check --quiet --output-format concise --rules ../rules"));
    assert!(found.starts_with("app/models.py:2:34: CAS001"), "{found}");
}

#[test]
fn each_editor_starts_the_language_server() {
    let page = Page::read(Path::new("docs/editors.md"));
    let of = |heading: &str, language: &str| page.under(heading, language)[0].to_owned();
    let code: Value = serde_json::from_str(&of("VS Code", "json")).unwrap();
    assert_eq!(
        (&code["glspc.server.command"], &code["glspc.server.commandArguments"][0]),
        (&"cascade-fix".into(), &"lsp".into())
    );
    let helix: toml::Table = toml::from_str(&of("Helix", "toml")).unwrap();
    let server = helix["language-server"]["cascade-fix"].as_table().unwrap();
    assert_eq!((server["command"].as_str(), server["args"][0].as_str()), (Some("cascade-fix"), Some("lsp")));
    let used = helix["language"][0]["language-servers"].as_array().unwrap();
    assert!(used.iter().any(|name| name.as_str() == Some("cascade-fix")));
    assert!(of("Neovim", "lua").contains("cmd = { \"cascade-fix\", \"lsp\" }"));
}

#[test]
fn the_python_in_the_pages_runs() {
    let clone = Clone::new(&[]);
    let package = env::current_dir().unwrap().join("python");
    let blocks: Vec<_> = pages().into_iter().flat_map(|page| page.blocks).collect();
    let sessions = blocks.iter().filter(|block| block.language == "python" && block.text.contains(">>> "));
    for session in sessions {
        fs::write(clone.path("work/session.txt"), &session.text).unwrap();
        let run =
            format!("PYTHONPATH='{}' PYTHONDONTWRITEBYTECODE=1 python3 -m doctest session.txt", package.display());
        clone.run(&run);
    }
    assert!(!Page::read(Path::new("docs/python.md")).under("Python", "python").is_empty());
}
