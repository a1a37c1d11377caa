"""Numbers that the plain and the compiled loops over hours share."""

WIDEST = 2.0**31 - 1  # int32
WINDOW = 8  # hours of an 8-hour mean
