"""The floor: what any accepted scan must cost. One SELECT, one INSERT, a commit; nothing else.

Served like the application itself, on the same database, so that the two can be compared.
SQLite gets the same queue for writers: without one its own busy waiting would flatter us.
"""

import os

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from checkin.database import begin_to_write, standalone_engine, writing

metadata = MetaData()
people = Table("floor_people", metadata, Column("id", Integer, primary_key=True))
scans = Table(
    "floor_scans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", Integer, nullable=False),
    Column("uid", String(36), nullable=False),
)


def create_floor(url: str) -> Flask:
    engine = standalone_engine(url)
    app = Flask("floor")

    @app.post("/scans")
    def scan() -> tuple[str, int]:
        person_id, uid = int(request.form["person"]), request.form["scan_uid"]
        with writing(engine), Session(engine) as session:
            begin_to_write(session)
            found = session.execute(select(people.c.id).where(people.c.id == person_id)).scalar()
            session.execute(insert(scans).values(person_id=found, uid=uid))
            session.commit()
        return "", 204

    return app


def set_up(url: str, count: int) -> None:
    """Make the floor's two tables, with `count` people."""
    engine = standalone_engine(url)
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(people), [{"id": number + 1} for number in range(count)])
    engine.dispose()


if "FLOOR_DATABASE_URL" in os.environ:
    app = create_floor(os.environ["FLOOR_DATABASE_URL"])
