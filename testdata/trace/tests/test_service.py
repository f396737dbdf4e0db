from app import service


def test_title_after_rename():
    assert service.run(service.title_after_rename) == "first"


def test_text_after_refresh():
    assert service.run(service.text_after_refresh) == "kept"


def test_nothing_of_the_database():
    assert service.run
