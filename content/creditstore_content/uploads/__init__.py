"""What staff upload: kinds that are of use, files that are what their names say, served so that film plays."""
