def one(x):
    y = [x]
    x.refresh(y) \

def two(x):
    return x
    \

class A:
    def three(self):
        \
        return self

    def four(self): \
        return 4

    def five(self, \
             x):
        return x + \
            1
