"""What the HTTP edges share: authentication, parameters, formats, errors, limits."""
