"""Reading a seed folder: files a city clerk edits, checked and turned into seed data."""
