"""Where `flask` and gunicorn find the application."""

from cli.registry import register
from web.app import create_app

app = create_app()
register(app)
