#!/usr/bin/env python3
"""Makes pull requests' branches in three bare repositories with all-repos; and runs what multi-gitter and Sourcegraph would run in each.

    scripts/fleet/on_all_repos.py WORK_DIRECTORY [--bin PROGRAM]
"""
import json, os, shutil, subprocess, sys

import workbench

HERE = workbench.HERE / "pull_requests"
BRANCH = "all-repos_autofix_cascade-fix"
IMPORT = "from sqlalchemy.orm import relationship\n\n"
MODELS = {
    "shop": 'orders = relationship("Order", cascade="all")\n',
    "blog": 'posts = relationship("Post", cascade="all, delete-orphan")\n',
    "done": 'pages = relationship("Page", cascade="save-update, merge")\n',
}
CHANGED = {"shop", "blog"}
KNOWN = {"org", "branch", "commit-message", "pr-title", "pr-body", "concurrent", "conflict-strategy"}


def git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def make_repositories(work):
    """Bare repositories with a commit each, and their URLs by name."""
    shutil.rmtree(work, ignore_errors=True)
    for name, models in MODELS.items():
        tree = work / "trees" / name
        tree.mkdir(parents=True)
        (tree / "models.py").write_text(IMPORT + models)
        git(tree, "init", "--quiet", "--initial-branch", "main")
        git(tree, "add", ".")
        git(tree, "commit", "--quiet", "--message", "Models")
        git(tree, "clone", "--quiet", "--bare", ".", work / f"{name}.git")
    return {name: f"file://{work}/{name}.git" for name in MODELS}


def run_all_repos(work, urls):
    (work / "repos.json").write_text(json.dumps(urls))
    source = {"source": "all_repos.source.json_file", "source_settings": {"filename": str(work / "repos.json")}}
    config = work / "all-repos.json"
    config.write_text(json.dumps({"output_dir": "clones", **source, "push": "push_branch", "push_settings": {}}))
    config.chmod(0o600)
    for command in ["-m", "all_repos.clone"], [HERE / "fixer.py"]:
        subprocess.run([sys.executable, *command, "--config-filename", config, "--color", "never"], cwd=HERE, check=True)


def check_branches(work):
    for name in MODELS:
        bare = work / f"{name}.git"
        branches = set(git(bare, "branch", "--format", "%(refname:short)").split())
        assert branches == ({"main", BRANCH} if name in CHANGED else {"main"}), (name, branches)
        if name in CHANGED:
            print(git(bare, "diff", "--unified=0", "main", BRANCH), end="")
            assert '"all' not in git(bare, "show", f"{BRANCH}:models.py")


def check_others(work):
    """The configurations for multi-gitter and Sourcegraph: their keys, and their script, run in each repository."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    assert set(yaml.load(HERE / "multi_gitter.yaml")) <= KNOWN
    subprocess.run([sys.executable, "-m", "check_jsonschema", "--schemafile", HERE / "batch_spec.schema.json", HERE / "batch_spec.yaml"], check=True)
    [step] = yaml.load(HERE / "batch_spec.yaml")["steps"]
    assert step["run"] == step["mount"][0]["mountpoint"] and step["mount"][0]["path"] == "./fix.sh"
    for name in MODELS:
        subprocess.run([HERE / "fix.sh"], cwd=work / "trees" / name, check=True)
        changed = git(work / "trees" / name, "status", "--porcelain")
        assert (changed == " M models.py\n") == (name in CHANGED), (name, changed)


def main():
    args = workbench.enter(__doc__, "all-repos==1.33.0", "check-jsonschema==0.39.0")
    work = args.work / "pull_requests"
    programs = args.work / "programs"
    programs.mkdir(exist_ok=True)
    shutil.copy(args.bin, programs / "cascade-fix")
    os.environ["PATH"] = f"{programs}:{args.work}/venv/bin:{os.environ['PATH']}"
    for role in "AUTHOR", "COMMITTER":
        os.environ.update({f"GIT_{role}_NAME": "cascade-fix", f"GIT_{role}_EMAIL": "cascade-fix@example.com"})
    run_all_repos(work, make_repositories(work))
    check_branches(work)
    check_others(work)
    print(f"all-repos: {len(CHANGED)} of {len(MODELS)} repositories have a branch; multi-gitter's and Sourcegraph's script changes the same")


if __name__ == "__main__":
    main()
