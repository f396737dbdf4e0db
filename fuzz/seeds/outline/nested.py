if True:
    def in_branch():
        def inner():
            return 1
        return inner
elif x:
	def tabs():
		if x:
			return 1
		return 2
else:
    class A:
        class B:
            def method(self):
                try:
                    with self.x as y:
                        for z in y:
                            while z:
                                z -= 1
                            else:
                                continue
                except* ValueError as e:
                    raise
                finally:
                    match self:
                        case {"a": [1, *rest]} if rest:
                            return rest
                        case A.B():
                            pass
            x = 1
        def after(self): ...

def generic[T: (int, str), *Ts, **P](x: T) -> T:
    type X = list[T]
    global y, z
    y = z = (w := x)
    del x, y
    print(*[a async for a in b if await a], **{**c})
    return not x


@decorator(lambda: 1)
def last():
    x = [
def_like for def_like in (1, 2)
    ]
    if x: return x
    else: define = 1; async_ = 2
    return x
