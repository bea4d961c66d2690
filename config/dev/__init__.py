"""The parts of ./dev, one concern a file. Only the standard library is used here:
these run before anything has been installed."""
