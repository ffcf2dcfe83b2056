"""What is kept, in SQL and in Redis: the only room with SQLAlchemy, and with Redis state.

Every function of this room that takes a Connection or an Engine raises StorageFault (see
`engine`) when the database cannot be used. A docstring names only what is raised besides.
"""
