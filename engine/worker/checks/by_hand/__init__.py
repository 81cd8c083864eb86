"""Work written out by hand that one built-in call does: found by its pattern, confirmed by its numbers."""
