"""What goes wrong."""


class NegpreError(Exception):
    """Something is missing or damaged; the message says what, and what to do."""
