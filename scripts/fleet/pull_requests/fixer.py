"""An all-repos fixer: writes the safe fixes in each repository that has the word `cascade`, and makes a branch of them.

    python fixer.py --config-filename all-repos.json [--dry-run] [--jobs 4]
"""
import argparse

from all_repos import autofix_lib
from all_repos.grep import repos_matching


def find(config):
    return repos_matching(config, ("cascade", "--", "*.py"))


def apply_fix():
    autofix_lib.run("cascade-fix", "fix", "--quiet")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    autofix_lib.add_fixer_args(parser)
    message = "List SQLAlchemy cascades in place of all"
    repos, config, commit, settings = autofix_lib.from_cli(parser.parse_args(), find_repos=find, msg=message, branch_name="cascade-fix")
    autofix_lib.fix(repos, apply_fix=apply_fix, config=config, commit=commit, autofix_settings=settings)


if __name__ == "__main__":
    main()
