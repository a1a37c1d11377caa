"""The air quality index of HJ 633: of one day, of every day and hour, shares of days, and alerts from a forecast."""
