"""What the product promises its clinics, traced to the programs that show it."""
