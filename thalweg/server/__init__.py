"""The server: Streamlit's pages and the routes beside them in one ASGI application."""
