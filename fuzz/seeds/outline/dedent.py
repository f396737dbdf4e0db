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
              2
    return x
