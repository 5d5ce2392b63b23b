"""What a person can put right. `__main__` prints it as one line and ends with code 1."""


class Trouble(Exception):
    """What, where, why and what to do, in one line."""
