"""Handle keywords: one function a keyword, one registry."""
