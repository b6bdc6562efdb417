"""The room of figures, for its views to enter."""

from flask import Blueprint

bp = Blueprint("figures", __name__, url_prefix="/figures")
