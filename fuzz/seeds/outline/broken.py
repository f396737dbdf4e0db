def whole():
    return 1


def broken():
    print "x"
    x = = 1
    return )


class A:
    def cut(self):
        x = (1,
             2

    def swallowed(self):
        return 1
