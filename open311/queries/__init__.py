"""All reads. get_… returns one or raises NotFound, find_… one or None, list_… all."""
