"""What stands around every page: the menu, banners, the footer, offices and profiles; set by editors for each site."""
