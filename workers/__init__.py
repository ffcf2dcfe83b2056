"""What happens after the door has closed: RQ workers and the clock."""
