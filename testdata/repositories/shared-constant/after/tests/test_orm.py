from app.orm import LOGGED


def test_logged(caplog):
    assert LOGGED == "all, delete"
