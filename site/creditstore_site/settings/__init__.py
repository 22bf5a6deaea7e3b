"""Settings. By itself (``manage.py`` without more) the project runs as the demo.

``creditstore_site.settings``             the demo, on this machine
``creditstore_site.settings.production``  an operator's store: everything from the environment, nothing by default
``creditstore_site.settings.test``        the tests
"""

from creditstore_site.settings.demo import *  # noqa: F403
