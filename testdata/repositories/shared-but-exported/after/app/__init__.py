from .orm import OWNED

__all__ = ["OWNED"]
