"""From hours to days, from days to months, quarters and years, and what the national standard says of them."""
