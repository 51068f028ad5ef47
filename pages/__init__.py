"""The pages of the app, one a file; `main.py` is their table of contents."""
