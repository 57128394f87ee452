"""Figures for leaders and the public: measures and statistics, without Flask or a database."""
