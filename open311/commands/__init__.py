"""The commands of the open311 program: one file for each of its groups."""
