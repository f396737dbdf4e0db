"""What `cascade-fix stream` answers, and what `cascade-fix check` says of the same repositories."""
import collections, json, subprocess, threading

# engines start as many processes as there are cores: each takes one
STREAM = ["stream", "--threads", "1"]
Row = collections.namedtuple("Row", "id line column code message fix")


def row(identifier, finding):
    """A finding in the columns that all engines write; `fix` is safe, unsafe, or empty where it is for a human."""
    fix = finding["fix"] or {}
    start = finding["start"]
    return Row(identifier, start["line"], start["column"], finding["code"], finding["message"], fix.get("applicability", ""))


def read(lines):
    """The rows of lines of answers; raises ValueError for a record that could not be read."""
    for line in lines:
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(line)
        for finding in answer.get("findings", []):
            yield row(answer["id"], finding)


def ask(lines, binary, *options):
    """Writes lines of records to the program and gives its lines of answers as they come."""
    program = subprocess.Popen([binary, *STREAM, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def write():
        with program.stdin:
            program.stdin.writelines(lines)

    threading.Thread(target=write, daemon=True).start()
    with program:
        yield from program.stdout
    if program.returncode:
        raise subprocess.CalledProcessError(program.returncode, program.args)


def of_check(repositories, binary):
    """The rows that `check` gives, run in each repository."""
    command = [binary, "check", "--isolated", "--no-ignore", "--exit-zero", "--quiet", "--output-format", "json", "."]
    for repository in repositories:
        done = subprocess.run(command, cwd=repository, check=True, stdout=subprocess.PIPE)
        for finding in json.loads(done.stdout)["findings"]:
            yield row(f"{repository.name}/{finding['path']}", finding)


def expect(engine, rows, repositories, binary):
    """Fails unless an engine found what `check` finds in the same repositories."""
    rows, checked = sorted(rows), sorted(of_check(repositories, binary))
    for name, some in (f"{engine} alone", set(rows) - set(checked)), ("check alone", set(checked) - set(rows)):
        for each in sorted(some)[:5]:
            print(f"{name}: {each}")
    assert rows == checked, f"{engine} has {len(rows)} findings, check has {len(checked)}"
    assert rows, "no repository has a finding"
    fixable = sum(1 for each in rows if each.fix == "safe")
    print(f"{engine}: {len(rows)} findings in {len(repositories)} repositories, {fixable} with a safe fix; check finds the same")
