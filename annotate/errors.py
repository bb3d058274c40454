"""The one error that a user is meant to see; anything else is a bug."""


class AnnotateError(Exception):
    """What went wrong, in one line that names the file and, where there is one, the line."""
