"""Repositories as records for `cascade-fix stream`: a record is a file, and those of a repository stand together."""
import json, shutil


def of(repository):
    """The records of the Python files below a folder; what isn't UTF-8 is left out."""
    for path in sorted(repository.rglob("*.py")):
        if not path.is_file():
            continue
        try:
            content = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        name = path.relative_to(repository).as_posix()
        yield {"id": f"{repository.name}/{name}", "repo": repository.name, "path": name, "content": content}


def lines(repository):
    return (json.dumps(record) + "\n" for record in of(repository))


def write_lines(repositories, folder):
    """A file of lines for each repository."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for repository in repositories:
        (folder / f"{repository.name}.jsonl").write_text("".join(lines(repository)))
    return sorted(folder.iterdir())


def write_parquet(repositories, folder):
    """A parquet data set with a file for each repository."""
    import pyarrow, pyarrow.parquet

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for repository in repositories:
        table = pyarrow.Table.from_pylist(list(of(repository)))
        pyarrow.parquet.write_table(table, folder / f"{repository.name}.parquet", row_group_size=1000)
