"""The processes that work behind the web application: RQ workers and the clock."""
