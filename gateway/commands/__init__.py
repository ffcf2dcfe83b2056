"""Obey keywords: one function a keyword, one registry."""
