"""Stand-ins for the SMS operator, DHIS2, Redis and a phone, used by the demo and the tests."""
