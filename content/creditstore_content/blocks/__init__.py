"""What editors build pages from. Every block has an icon, a description, a preview and a form for the content API."""
