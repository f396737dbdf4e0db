from .orm import children as kids
