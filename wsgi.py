"""Where `flask` and gunicorn find the application."""

from cli.registry import register
from foundation import logs
from web.app import create_app

app = create_app()
logs.configure(app.extensions["anjuan"].settings)
register(app)
