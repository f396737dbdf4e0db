INNER = "all, delete-orphan"
