"""The steps of a test run; see ../run."""
