"""How everything looks: palettes, colours of layers, icons, the stylesheet."""
