"""How a run is made and measured."""
