#!/usr/bin/env python3
"""Opens the HTML report in headless Chromium and uses it, and has Mermaid and Graphviz draw the graph.

    scripts/browser.py [--work DIRECTORY] [--binary BINARY] [--folder FOLDER]        a minute

The report is that of a repository with names that would be markup, or of FOLDER. It is opened light and dark, wide and narrow, filtered,
sorted, used by the keyboard alone; no dialog may open, nothing may be asked of a network, the console stays empty. The pictures stay in
the work directory. Chromium and Graphviz come from Debian's packages where they are missing, Playwright from PyPI, Mermaid from npm.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent.parent
HOSTILE = "</script><img src=x onerror=alert(1)>"
MODELS = f'''
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()
tags = Table("tags", Base.metadata, Column("post_id", ForeignKey("post.id")), Column("tag_id", ForeignKey("tag.id")))


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    posts = relationship("Post", cascade="all, delete-orphan")
    notes = relationship("Post", cascade="save-update, merge, delete")
    kept = relationship("Post", cascade="save-update, merge, delete-orphan")
    hostile = relationship({HOSTILE!r}, cascade="all")  # {HOSTILE}
    open = relationship("Post", cascade=unknown({HOSTILE!r}))


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    tags = relationship("Tag", secondary=tags, cascade="all, delete")


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("tag.id"))
    children = relationship("Tag", cascade="all")
'''
# a browser that asks nothing of the network by itself
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def installed(command, package):
    if not shutil.which(command):
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True, stdout=subprocess.DEVNULL)
    return shutil.which(command)


def prepared(work):
    """The environment with Playwright, and Mermaid's script."""
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "playwright"], check=True)
    mermaid = work / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
    if not mermaid.exists():
        subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", work, "mermaid"], check=True)
    return python, mermaid


def opened(browser, report, **context):
    """A page with the report, and what it does that it should not."""
    page = browser.new_context(**context).new_page()
    wrong = []
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(f"request: {request.url}"))
    page.goto(report.as_uri())
    return page, wrong


def shown(page):
    return page.eval_on_selector_all("tbody tr:not([hidden]) .name", "all => all.map(one => one.textContent)")


def check(holds, what):
    if not holds:
        sys.exit(f"not as it should be: {what}")


def use(page, is_ours):
    """Filters, sorts, and goes by keyboard."""
    names = shown(page)
    check(names, "no rows")
    first = names[0]
    page.fill("#filter", first)
    check(first in shown(page) and len(shown(page)) <= len(names), "the filter")
    page.fill("#filter", "no such thing")
    check(shown(page) == [], "a filter that nothing fits")
    check(page.inner_text("#shown").startswith("0 of"), "the number of rows")
    page.fill("#filter", "")
    page.click("thead th:first-child button")
    check(shown(page) == sorted(names, key=str.lower) or not is_ours, "sorted by name")
    check(page.get_attribute("thead th:first-child", "aria-sort") == "ascending", "aria-sort")
    page.click("thead th:first-child button")
    check(page.get_attribute("thead th:first-child", "aria-sort") == "descending", "aria-sort, the other way")
    boxes = page.query_selector_all("input[name=state]")
    boxes[0].click()
    check(len(shown(page)) < len(names), "a state that is not shown")
    boxes[0].click()
    # by keyboard: the first stop leads past the header, then each button can be reached and pressed
    page.keyboard.press("Home")
    page.evaluate("document.activeElement.blur()")
    page.reload()
    page.keyboard.press("Tab")
    check(page.evaluate("document.activeElement.className") == "skip", "the first stop of the keyboard")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName + document.activeElement.parentElement.dataset.sort") == "BUTTONnumber":
            break
    else:
        sys.exit("the buttons of the table can't be reached by keyboard")
    page.keyboard.press("Enter")
    check(page.query_selector("thead th.option[aria-sort=descending]"), "sorted by keyboard")


def drive(work, report, mermaid, graph, is_ours):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for scheme in ("light", "dark"):
            for width in (1400, 480):
                page, wrong = opened(browser, report, color_scheme=scheme, viewport={"width": width, "height": 1000})
                check(page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} pixels are too narrow")
                page.screenshot(path=work / f"report-{scheme}-{width}.png", full_page=is_ours)
                if width == 1400:
                    use(page, is_ours)
                check(not wrong, wrong)
        page, wrong = opened(browser, report, java_script_enabled=False)
        check(shown(page) and not page.is_visible("#filters"), "without JavaScript")
        page = browser.new_page()
        page.set_content("<pre id=drawing></pre>")
        page.add_script_tag(path=mermaid)
        drawn = page.evaluate("text => mermaid.render('graph', text).then(drawn => drawn.svg)", graph)
        page.set_content(drawn)
        page.screenshot(path=work / "mermaid.png", full_page=True)
        lines, drawn_lines = graph.count('|"'), page.locator("path.flowchart-link").count()
        check(drawn_lines == lines, f"Mermaid draws {drawn_lines} lines of {lines}")
        check("<img" not in drawn, "markup in Mermaid's drawing")
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "cascade-fix-browser")
    parser.add_argument("--binary", type=pathlib.Path, default=HERE / "target" / "release" / "cascade-fix")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--drive", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drive:
        drive(**{key: pathlib.Path(value) if key in ("work", "report", "mermaid") else value
                 for key, value in json.loads(options.drive).items()})  # fmt: skip
        return
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    python, mermaid = prepared(work)
    installed("chromium", "chromium")
    dot = installed("dot", "graphviz")
    with tempfile.TemporaryDirectory() as ours:
        folder = options.folder or pathlib.Path(ours)
        if not options.folder:
            (folder / "models.py").write_text(MODELS)
        report = work / "report.html"
        command = [options.binary.resolve(), "check", "--quiet", "--isolated", "--select", "CAS", "--output", f"html={report}"]
        subprocess.run(command, cwd=folder, check=False, stdout=subprocess.DEVNULL)
        ask = [options.binary.resolve(), "graph", "--quiet", "--isolated", "--select", "CAS", "--format"]
        graph = subprocess.run([*ask, "mermaid"], cwd=folder, check=True, capture_output=True, text=True).stdout
        as_dot = subprocess.run([*ask, "dot"], cwd=folder, check=True, capture_output=True, text=True).stdout
    subprocess.run([dot, "-Tpng", "-o", work / "graphviz.png"], input=as_dot, text=True, check=True)
    job = {"work": str(work), "report": str(report), "mermaid": str(mermaid), "graph": graph, "is_ours": not options.folder}
    done = subprocess.run([python, __file__, "--drive", json.dumps(job)], check=False)
    if done.returncode:
        sys.exit(done.returncode)
    print(f"the report was used, light and dark, wide and narrow; Mermaid and Graphviz drew the graph; pictures in {work}")


if __name__ == "__main__":
    main()
