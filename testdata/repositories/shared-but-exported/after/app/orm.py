OWNED = "all"
