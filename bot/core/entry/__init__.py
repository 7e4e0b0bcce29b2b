"""An entry of the knowledge folder, its parts and its life."""
