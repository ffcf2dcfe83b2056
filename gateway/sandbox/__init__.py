"""Stand-ins for the far side (operator, DHIS2) and for servers, used by the demo and the tests."""
