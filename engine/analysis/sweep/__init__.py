"""What a sweep found: how step times grow with a parameter, and where one variant overtakes another."""
