def first():  # behind the colon
    # in front of the first statement
    x = 1
    if x:
        return 2
        # of the branch
    # of the body

# of nobody
def second():
    return [
        1,  # one
        # two
    ]
# right behind, of nobody


class Third:
    # of the class
    def method(self):
        x = 1  # behind the last statement

    def other(self):
        x = 1;

    # in front of a method
    @property  # of a decorator
    # between decorators
    @cached
    def third(self):
        pass
        # deeper
      # odd
    def fourth(self): return 1  # in a line
    def fifth(self): x = 1; \
        y = 2
    async def sixth(
        self,
        a,  # comma
    ):  # colon
        yield a

        # last
