def f():
    if x:
        return """a

"""