"""Check the installation, report readiness and metrics, advise on refusals."""
