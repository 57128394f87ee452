"""Every write: one public function to a file, and one commit at its end."""
