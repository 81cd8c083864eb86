"""What this application is, and on what it runs."""
