"""Station data as they come: read, checked and kept as whole steps, with every fault at once."""
