from sqlalchemy.orm import relationship

# cascade-fix: ignore
@cache
def above(target, cascade="all"):
    return relationship(target, cascade=cascade)

@cache  # cascade-fix: ignore
def beside_the_decorator(target, cascade="all"):
    return relationship(target, cascade=cascade)

@cache
def on_the_first_line(  # cascade-fix: ignore
    target,
    cascade="all",
):
    return relationship(target, cascade=cascade)

def on_the_last_line(
    target,
    cascade="all",
):  # cascade-fix: ignore
    # the comment in the body is not a part of the head
    return relationship(target, cascade=cascade)
