"""How much work a step is: FLOPs and bytes of every operator, by layer and direction."""
