"""The pledge: sign, confirm by e-mail, be listed, withdraw. Also the API's routes for it."""
