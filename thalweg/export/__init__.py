"""What is taken away from a Scene: pictures, films, tables, code, and the address of it all."""
