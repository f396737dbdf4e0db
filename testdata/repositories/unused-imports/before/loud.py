NAMES = []
NAMES.append("loud")
LOUD = "all, delete-orphan"
SOFT = "save-update, merge"
