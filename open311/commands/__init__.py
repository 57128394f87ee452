"""Commands of the open311 program, one module for each group."""
