"""The one toolbar: where, how and how long to run, and how far the run is."""
