LEGACY = "all"
