"""Run in the folder of the example: what the Python package gives is what the program says."""
import doctest, cascade_fix
assert doctest.testmod(cascade_fix) == (0, 4), doctest.testmod(cascade_fix)

source = open("app/models.py").read()
report = cascade_fix.check(source, filename="app/models.py", root=".")
for finding in report["findings"]:
    assert set(finding) <= set(cascade_fix.Finding.__annotations__), finding
    assert set(finding["fix"]) == set(cascade_fix.Fix.__annotations__), finding
    assert set(finding["relationship"]) == set(cascade_fix.Relationship.__annotations__), finding
    assert set(finding["reach"]) == set(cascade_fix.Reach.__annotations__), finding
assert set(cascade_fix.Report.__annotations__) == set(report)
print(sorted(finding["relationship"]["attribute"] for finding in report["findings"]))

# without an end of line that the platform would translate, in any encoding
odd = "# é 😀\r\nfrom sqlalchemy.orm import relationship\r\nx = relationship('A', cascade='all')\r\n"
assert cascade_fix.fix(odd) == odd.replace("'all'", "'save-update, merge, expunge, delete'")
assert cascade_fix.fix("x = 1\n") == "x = 1\n"
delete = "from sqlalchemy.orm import relationship\nx = relationship('A', cascade='delete-orphan')\n"
assert cascade_fix.fix(delete, options=["--select", "CAS104"]) == delete
assert cascade_fix.fix(delete, options=["--select", "CAS104"], unsafe_fixes=True) != delete


def error_of(kind, source, **given):
    try:
        cascade_fix.check(source, **given)
    except kind as error:
        return error
    raise AssertionError(f"no error for {source!r} with {given}")


wrong = error_of(cascade_fix.CascadeFixError, "x = 1", options=["--nope"])
assert wrong.status == 2 and "unexpected argument '--nope'" in str(wrong), wrong
assert "something else" in str(error_of(cascade_fix.CascadeFixError, "x = 1", options=["--statistics"]))
assert "can't be encoded" in str(error_of(cascade_fix.CascadeFixError, "x = '\udc80'"))
assert "leads out" in str(error_of(ValueError, "x = 1", filename="app/../../x.py"))
assert "source" in str(error_of(TypeError, b"x = 1"))
assert "options" in str(error_of(TypeError, "x = 1", options="--select CAS"))
