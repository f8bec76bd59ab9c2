"""Where `flask` and gunicorn find the application."""

from web.app import create_app

app = create_app()
