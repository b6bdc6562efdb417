"""Files are larger than any form: only who may send one, to the address that takes it, may."""

from flask import Blueprint, request
from flask_login import current_user

from checkin.domain.roles import Permission

_AROUND_THE_FILE = 64 * 1024
# the parser's buffer counts as memory too, and holds 64 KB and what was left before
_BUFFER = 256 * 1024


def take_files(room: Blueprint, endpoint: str, permission: Permission, most_bytes: int) -> None:
    """Let bodies of a file of so many bytes in at one address of the room, and nowhere else.

    Twice as many are read, so that a file that is somewhat too large gets a sentence of its own.
    """

    @room.url_value_preprocessor
    def let_files_in(asked: str | None, _values: object) -> None:
        may_send = current_user.is_authenticated and current_user.may(permission)
        if asked == f"{room.name}.{endpoint}" and may_send:
            request.max_content_length = 2 * most_bytes + _AROUND_THE_FILE
            request.max_form_memory_size = _BUFFER
