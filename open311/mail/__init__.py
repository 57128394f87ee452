"""Emails: their markup, their envelope, and the servers that send them."""
