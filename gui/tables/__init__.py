"""Tables of costs: columns, models that keep selection and order, views that copy and save."""
