"""Work outside of HTTP requests: jobs, what recurs, and the worker that runs both."""
