"""The room's addresses begin here."""

from flask import Blueprint

bp = Blueprint("exports", __name__, url_prefix="/exports")
