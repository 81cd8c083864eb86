"""How complete the profile is: one line on every page that shows its numbers."""
