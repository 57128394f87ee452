"""Tables of words that every layer shares: statuses, data types, file formats. Values alone."""
