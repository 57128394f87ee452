"""Tables in files: CSV as spreadsheet programs write it, and workbooks."""
