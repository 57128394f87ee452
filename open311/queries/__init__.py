"""Every read. get_… gives one or raises NotFound, find_… gives one or None, list_… gives all."""
