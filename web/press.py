"""The one press of a web process: render workers start with the first page that needs them."""

import atexit
import threading

from flask import current_app

from generator.press import Press
from web.security import the_context

_LOCK = threading.Lock()
_NAME = "anjuan.press"


def the_press() -> Press:
    """Return the application's press; its workers end with the process."""
    with _LOCK:
        press: Press | None = current_app.extensions.get(_NAME)
        if press is None:
            press = current_app.extensions[_NAME] = Press(the_context())
            atexit.register(press.pool.close)
        return press
