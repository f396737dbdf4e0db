#!/usr/bin/env python3
"""Speaks with `cascade-fix lsp` as an editor does, by pygls' client, in a repository of 2,000 models with 20,000 relationships, and prints
how long it takes until a key stroke is answered with diagnostics, and quick fixes are there.

    scripts/lsp.py [BINARY]        about a minute; BINARY is target/release/cascade-fix if it is not named; pygls comes from PyPI
"""

import asyncio
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
PYGLS = "pygls==2.1.1"
STROKES = 40


def in_environment():
    """Starts this script again in an environment that has pygls."""
    folder = HERE / "target" / "lsp"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYGLS], check=True)
    os.execv(python, [str(python), *sys.argv, "--in-environment"])


class Editor:
    """An editor with one folder."""

    def __init__(self, client, types):
        self.client, self.types, self.told, self.has_told = client, types, {}, asyncio.Event()
        client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.keep(params))

    def keep(self, params):
        self.told[params.version] = (time.perf_counter(), params.diagnostics)
        self.has_told.set()

    async def diagnostics(self, version):
        """When the diagnostics of a version came, and what they are."""
        while version not in self.told:
            self.has_told.clear()
            await asyncio.wait_for(self.has_told.wait(), 60)
        return self.told[version]

    def change(self, uri, version, text):
        document = self.types.VersionedTextDocumentIdentifier(uri=uri, version=version)
        whole = self.types.TextDocumentContentChangeWholeDocument(text=text)
        params = self.types.DidChangeTextDocumentParams(text_document=document, content_changes=[whole])
        self.client.text_document_did_change(params)


async def session(binary, root):
    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("measure", "1")
    editor = Editor(client, types)
    await client.start_io(binary, "lsp")
    folder = types.WorkspaceFolder(uri=root.as_uri(), name="app")
    params = types.InitializeParams(capabilities=types.ClientCapabilities(), workspace_folders=[folder])
    await client.initialize_async(params)
    client.initialized(types.InitializedParams())
    file = root / "app" / "models" / "models0.py"
    text, uri, begun = file.read_text(), file.as_uri(), time.perf_counter()
    item = types.TextDocumentItem(uri=uri, language_id="python", version=0, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    came, found = await editor.diagnostics(0)
    print(f"the first look takes {came - begun:.2f} s, and finds {len(found)} cascades in the open file")
    strokes, fixes = [], []
    for version in range(1, STROKES + 1):
        typed = '    typed = relationship("Model1", cascade="all")'[:version + 5]
        changed = text + typed
        begun = time.perf_counter()
        editor.change(uri, version, changed)
        came, now = await editor.diagnostics(version)
        strokes.append(came - begun)
        assert len(now) >= len(found), f"{len(now)} diagnostics after {typed!r}"
        context = types.CodeActionContext(diagnostics=[found[0]])
        document = types.TextDocumentIdentifier(uri=uri)
        begun = time.perf_counter()
        params = types.CodeActionParams(text_document=document, range=now[0].range, context=context)
        actions = await client.text_document_code_action_async(params)
        fixes.append(time.perf_counter() - begun)
        assert actions, "no quick fix"
        # faster than anybody types
        await asyncio.sleep(0.05)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    for name, times in ("diagnostics after a key stroke", strokes), ("quick fixes", fixes):
        times = sorted(time * 1000 for time in times)
        print(f"{name}: {statistics.median(times):.1f} ms in the median, {times[-1]:.1f} ms at most, of {len(times)}")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--in-environment"]
    binary = pathlib.Path(arguments[0] if arguments else HERE / "target" / "release" / "cascade-fix").resolve()
    import models

    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary).resolve()
        (root / ".git").mkdir()
        models.write(root)
        asyncio.run(session(str(binary), root))


if __name__ == "__main__":
    main() if "--in-environment" in sys.argv else in_environment()
